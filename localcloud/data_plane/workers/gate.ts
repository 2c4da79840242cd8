/**
 * A Worker's address. It stays open while workerd is started anew with another version: requests of that
 * moment wait, as nobody notices a deployment on Cloudflare either.
 */

import {
  createServer,
  type IncomingMessage,
  request as requestOf,
  type Server,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream";
import { errorText, logEvent } from "../log.ts";

/** How long a restart waits for requests under way. Longer ones wait for a task, and are cut: its object is reset. */
const DRAIN_MS = 5_000;
const DRAIN_POLL_MS = 5;
const LISTEN_MS = 2_000;
const LISTEN_POLL_MS = 50;

export class Gate {
  readonly #server: Server;
  #underWay = 0;
  #opened = Promise.withResolvers<URL>();
  #isOpen = false;

  constructor() {
    this.#server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
      void this.#opened.promise.then((url) => this.#pass(url, request, response));
    });
  }

  /** @throws Error where the port is taken, and not only for the moment in which somebody looks whether it is free */
  async listen(port: number): Promise<void> {
    const deadline = Date.now() + LISTEN_MS;
    while (!this.#server.listening)
      await this.#listenOnce(port).catch(async (thrown: NodeJS.ErrnoException) => {
        if (thrown.code !== "EADDRINUSE" || Date.now() > deadline) throw thrown;
        await new Promise((done) => setTimeout(done, LISTEN_POLL_MS));
      });
  }

  #listenOnce(port: number): Promise<void> {
    const listening = Promise.withResolvers<void>();
    this.#server.once("error", listening.reject);
    this.#server.listen(port, "127.0.0.1", () => {
      this.#server.off("error", listening.reject);
      listening.resolve();
    });
    return listening.promise;
  }

  /** Requests go there; those that waited first. */
  open(url: URL): void {
    this.#isOpen = true;
    this.#opened.resolve(url);
  }

  /** Requests wait from now on. Returns when those under way have been answered, or after DRAIN_MS. */
  async hold(): Promise<void> {
    if (this.#isOpen) this.#opened = Promise.withResolvers<URL>();
    this.#isOpen = false;
    const deadline = Date.now() + DRAIN_MS;
    while (this.#underWay > 0 && Date.now() < deadline)
      await new Promise((done) => setTimeout(done, DRAIN_POLL_MS));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** By a connection of its own: workerd ends a kept one when it was idle for seconds, also under a request just sent. */
  #pass(url: URL, request: IncomingMessage, response: ServerResponse): void {
    this.#underWay += 1;
    response.once("close", () => {
      this.#underWay -= 1;
    });
    const { method, rawHeaders, url: path } = request;
    const forwarded = requestOf({
      host: url.hostname,
      port: url.port,
      method,
      path,
      headers: rawHeaders,
      agent: false,
    });
    forwarded.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      pipeline(answer, response, () => undefined);
    });
    forwarded.once("error", (thrown) => {
      if (!response.closed) logEvent("request_cut", { path, error: errorText(thrown) });
      response.destroy();
    });
    response.once("close", () => forwarded.destroy());
    pipeline(request, forwarded, () => undefined);
  }
}
