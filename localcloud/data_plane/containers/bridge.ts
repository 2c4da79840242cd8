/**
 * What the containers' Durable Objects in workerd call: HTTP on a loopback port, under a random path that only the
 * generated wrapper knows. `/<secret>/<namespace>/<object>/<verb>`.
 */

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { InjectedFaults } from "../faults.ts";
import { KEPT_CONNECTIONS } from "../kept_connections.ts";
import { errorText } from "../log.ts";
import type { Instances } from "./instances.ts";

const SIGNALS: Readonly<Record<string, NodeJS.Signals>> = { "2": "SIGINT", "9": "SIGKILL", "15": "SIGTERM" };

export interface Bridge {
  readonly url: string;
  close(): void;
}

export async function listenForObjects(instances: Instances, faults: InjectedFaults): Promise<Bridge> {
  const secret = randomBytes(24).toString("hex");
  const server = createServer(KEPT_CONNECTIONS, (request, response) => {
    void answer(instances, faults, secret, request, response).catch((thrown) => fail(response, thrown));
  });
  server.on("upgrade", (request, socket, head) => void upgrade(instances, secret, request, socket, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/${secret}`, close: () => closeAll(server) };
}

async function answer(
  instances: Instances,
  faults: InjectedFaults,
  secret: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = parse(request, secret);
  if (call === null) return void response.writeHead(404).end();
  const { namespaceId, objectId, verb, argument } = call;
  switch (verb) {
    case "start":
      await instances.start(namespaceId, objectId);
      return void response.end();
    case "monitor":
      return void response.end(JSON.stringify(await instances.monitor(namespaceId, objectId)));
    case "signal":
      await instances.signal(namespaceId, objectId, SIGNALS[argument] ?? "SIGTERM");
      return void response.end();
    case "destroy":
      await instances.destroy(namespaceId, objectId);
      return void response.end();
    case "port":
      return forward(instances, namespaceId, objectId, request, response);
    case "put-fault":
      await pause(faults.current.bucket_put_delay_ms);
      return void response.end(JSON.stringify({ fails: faults.takeFailure("bucket_put_failures") }));
    default:
      response.writeHead(404).end();
  }
}

interface ObjectCall {
  namespaceId: string;
  objectId: string;
  verb: string;
  argument: string;
}

function parse(request: IncomingMessage, secret: string): ObjectCall | null {
  const [, given, namespaceId = "", objectId = "", verb = "", argument = ""] = (request.url ?? "").split("/");
  return given === secret ? { namespaceId, objectId, verb, argument } : null;
}

/** Only the sandbox's server listens in a container here, whichever port is asked for. */
async function forward(
  instances: Instances,
  namespaceId: string,
  objectId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const instance = await instances.find(namespaceId, objectId);
  if (instance === undefined)
    return void response.writeHead(502, { "x-localcloud-error": "not listening" }).end();
  const upstream = httpRequest(serverRequest(instance.container.serverSocket, request), (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  request.pipe(upstream);
}

async function upgrade(
  instances: Instances,
  secret: string,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const call = parse(request, secret);
  const instance = call && (await instances.find(call.namespaceId, call.objectId));
  if (!instance)
    return void socket.end("HTTP/1.1 502 Bad Gateway\r\nx-localcloud-error: not listening\r\n\r\n");
  const upstream = httpRequest(serverRequest(instance.container.serverSocket, request));
  upstream.on("upgrade", (answered, container, containerHead) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${rawHeaders(answered)}\r\n`);
    socket.write(containerHead);
    container.write(head);
    container.pipe(socket).pipe(container);
    container.on("error", () => socket.destroy());
    socket.on("error", () => container.destroy());
    socket.on("close", () => container.destroy());
    container.on("close", () => socket.destroy());
  });
  upstream.on("error", () => socket.destroy());
  upstream.end();
}

function serverRequest(socketPath: string, request: IncomingMessage) {
  const asked = new URL(String(request.headers["x-localcloud-url"]));
  const headers = { ...request.headers, host: asked.host };
  return { socketPath, method: request.method, path: asked.pathname + asked.search, headers, agent: false };
}

function rawHeaders(message: IncomingMessage): string {
  const pairs = message.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
  return pairs.join("");
}

function fail(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500).end(errorText(thrown));
}

function closeAll(server: Server): void {
  server.close();
  server.closeAllConnections();
}
