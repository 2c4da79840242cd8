/**
 * The way out of one container: whatever it sends to any host on port 80 arrives here as HTTP, and is handed to its
 * Durable Object. The listener is the container's identity; nothing in a request can claim another.
 */

import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { KEPT_CONNECTIONS } from "../kept_connections.ts";

/** Tells the Durable Object's wrapper which URL the container asked for. */
export const EGRESS_URL_HEADER = "x-localcloud-egress-url";

export interface Egress {
  /** From now on requests go where this says at their time: a workerd that starts anew has another address. */
  routeTo(route: () => URL): void;
  close(): void;
}

export async function listenForEgress(socketPath: string): Promise<Egress> {
  let route: (() => URL) | undefined;
  const server = createServer(KEPT_CONNECTIONS, (request, response) => {
    const url = current(route);
    if (url === undefined) response.writeHead(520).end();
    else forward(request, response, url);
  });
  server.listen(socketPath);
  await once(server, "listening");
  return {
    routeTo: (found) => {
      route = found;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Undefined where nobody serves the container's Durable Object at the moment. */
function current(route: (() => URL) | undefined): URL | undefined {
  try {
    return route?.();
  } catch {
    return undefined;
  }
}

function forward(request: IncomingMessage, response: ServerResponse, route: URL): void {
  const headers = { ...request.headers, host: route.host, [EGRESS_URL_HEADER]: askedUrl(request) };
  const upstream = httpRequest(route, { method: request.method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

/** By interception a path and a Host header; by a proxy the whole URL. */
function askedUrl(request: IncomingMessage): string {
  const target = request.url ?? "/";
  return target.startsWith("http://") ? target : `http://${request.headers.host ?? "unknown"}${target}`;
}
