/** A model API on a port of its own, that keeps what reached it. */

import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export class ModelDouble {
  readonly received: Received[] = [];
  answer: { status: number; headers?: Record<string, string>; body: string } = { status: 200, body: "{}" };
  readonly #server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url: path = "", headers } = request;
    this.received.push({ method, path, headers, body });
    response.writeHead(this.answer.status, this.answer.headers).end(this.answer.body);
  });

  /** Its base URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
