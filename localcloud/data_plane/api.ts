/** The data plane's calls, JSON over a Unix socket; `localcloud/control_plane/data_plane_client.py` is the other end. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import * as z from "zod";
import type { Buckets } from "./buckets.ts";
import type { Isolation } from "./containers/backend.ts";
import type { Instances } from "./containers/instances.ts";
import { Faults, type InjectedFaults } from "./faults.ts";
import { KEPT_CONNECTIONS } from "./kept_connections.ts";
import { errorText, logEvent } from "./log.ts";
import { Application, Upload } from "./workers/upload.ts";
import type { Workers } from "./workers/workers.ts";

export interface Parts {
  workers: Workers;
  instances: Instances;
  buckets: Buckets;
  faults: InjectedFaults;
  isolation: Isolation;
}

interface Call {
  name: string;
  query: URLSearchParams;
  body: () => Promise<unknown>;
}

interface Answer {
  status: number;
  body: unknown;
}

type Handler = (parts: Parts, call: Call) => Promise<Answer> | Answer;

const DONE: Answer = { status: 200, body: {} };

const ROUTES: readonly (readonly [string, RegExp, Handler])[] = [
  ["GET", /^\/status$/, (parts) => ({ status: 200, body: statusOf(parts) })],
  ["PUT", /^\/workers\/([^/]+)$/, serveWorker],
  [
    "DELETE",
    /^\/workers\/([^/]+)$/,
    async ({ workers }, { name, query }) => {
      await workers.stop(name, query.get("purge") === "true");
      return DONE;
    },
  ],
  [
    "PUT",
    /^\/applications\/([^/]+)$/,
    async ({ instances }, { name, body }) => {
      instances.putApplication(name, Application.parse(await body()));
      return DONE;
    },
  ],
  [
    "DELETE",
    /^\/applications\/([^/]+)$/,
    async ({ instances }, { name }) => {
      await instances.deleteApplication(name);
      return DONE;
    },
  ],
  ["PUT", /^\/buckets\/([^/]+)$/, () => DONE],
  [
    "DELETE",
    /^\/buckets\/([^/]+)$/,
    ({ buckets }, { name }) => {
      buckets.delete(name);
      return DONE;
    },
  ],
  [
    "GET",
    /^\/buckets\/([^/]+)\/objects$/,
    async ({ buckets }, { name, query }) => {
      const { objects, truncated } = await buckets.list(name, Number(query.get("limit") ?? 100));
      return { status: 200, body: { objects: objects.map(({ key, size }) => ({ key, size })), truncated } };
    },
  ],
  [
    "DELETE",
    /^\/buckets\/([^/]+)\/objects$/,
    async ({ buckets }, { name, query }) => {
      const key = query.get("key");
      await (key === null ? buckets.empty(name) : buckets.deleteObject(name, key));
      return DONE;
    },
  ],
  ["PUT", /^\/faults$/, replaceFaults],
];

export function createApi(parts: Parts): Server {
  return createServer(KEPT_CONNECTIONS, (request, response) => {
    void answer(parts, request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
}

async function answer(parts: Parts, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://data-plane");
  for (const [method, pattern, handler] of ROUTES) {
    const match = request.method === method ? pattern.exec(pathname) : null;
    if (match === null) continue;
    const call = {
      name: decodeURIComponent(match[1] ?? ""),
      query: searchParams,
      body: () => readJson(request),
    };
    return handled(handler, parts, call);
  }
  return { status: 404, body: { message: `${request.method} ${pathname} is no call of the data plane` } };
}

async function handled(handler: Handler, parts: Parts, call: Call): Promise<Answer> {
  try {
    return await handler(parts, call);
  } catch (thrown) {
    if (thrown instanceof z.ZodError) return { status: 400, body: { message: z.prettifyError(thrown) } };
    logEvent("call_failed", { name: call.name, error: errorText(thrown) });
    return { status: 500, body: { message: errorText(thrown) } };
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
}

/** A module that does not start is the uploader's fault, not ours. */
async function serveWorker({ workers }: Parts, { name, body }: Call): Promise<Answer> {
  const upload = Upload.parse(await body());
  try {
    return { status: 200, body: { url: await workers.serve(name, upload) } };
  } catch (thrown) {
    return { status: 422, body: { message: errorText(thrown) } };
  }
}

async function replaceFaults({ faults }: Parts, { body }: Call): Promise<Answer> {
  if (!faults.isEnabled)
    return { status: 409, body: { message: "start localcloud with --faults to inject faults" } };
  faults.replace(Faults.parse(await body()));
  return { status: 200, body: faults.current };
}

function statusOf({ workers, instances, isolation }: Parts) {
  return {
    workers: [...workers.hosts()].map(({ name, port, workerdPid, state }) => ({
      name,
      port,
      workerd_pid: workerdPid,
      state,
    })),
    instances: instances.list().map(({ namespaceId, objectId, container, startedAt, image }) => ({
      namespace_id: namespaceId,
      object_id: objectId,
      pid: container.pid,
      state: "running",
      started_at: startedAt,
      image,
    })),
    isolation,
  };
}
