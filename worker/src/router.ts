/**
 * The HTTP face. The order of checks is the contract's: route, method, authentication, size, type, parse, validate,
 * idempotency, admission; each handler below begins where authentication has passed.
 */

import { Hono } from "hono";
import {
  acceptedAnswer,
  executeAnswer,
  isoTime,
  RETRY_AFTER_S,
  requestTimeout,
  resultAnswer,
  resultNotFound,
  statusAnswer,
  taskLocation,
} from "./answers.ts";
import { authenticate, requireScope } from "./auth.ts";
import type { Bindings } from "./bindings.ts";
import { ListQuery, openApiDocument } from "./contract.ts";
import { PROBLEMS, type ProblemCode, ProblemError, problemName } from "./errors.ts";
import { sha256, taskIdFor } from "./idempotency.ts";
import { errorText, logEvent } from "./log.ts";
import { problemAnswer } from "./problem_answer.ts";
import { QUEUE_NAME } from "./queue.ts";
import { checkReadiness } from "./readiness.ts";
import { readExecuteInput } from "./request_body.ts";
import { BucketResults, type StoredResult } from "./results.ts";
import { type Client, readClients, readSettings, type Scope } from "./settings.ts";
import type { TaskView } from "./task.ts";

interface Call {
  request: Request;
  bindings: Bindings;
  parameters: Readonly<Record<string, string>>;
}

type PublicHandler = (call: Call) => Promise<Response> | Response;
type Handler = (call: Call, client: Client) => Promise<Response>;
type Methods = Readonly<Record<string, PublicHandler>>;

const TASK_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const ROUTES: Readonly<Record<string, Methods>> = {
  "/health": { GET: health, HEAD: health },
  "/readyz": { GET: authorized("tasks:read", readiness) },
  "/execute": { POST: authorized("tasks:write", execute) },
  "/tasks": { GET: authorized("tasks:read", listTasks) },
  "/tasks/:taskId": {
    GET: authorized("tasks:read", showTask),
    DELETE: authorized("tasks:write", deleteTask),
  },
  "/tasks/:taskId/result": { GET: authorized("tasks:read", showResult) },
  "/tasks/:taskId/cancel": { POST: authorized("tasks:write", cancelTask) },
  "/problems/:name": { GET: showProblem },
  "/openapi.json": { GET: () => Response.json(openApiDocument()) },
};

/** Paths in OpenAPI's form with their methods in lower case, for the test that holds contract and router together. */
export const ROUTED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(ROUTES).map(([path, methods]) => [
    path.replace(/:(\w+)/g, "{$1}"),
    Object.keys(methods).map((method) => method.toLowerCase()),
  ]),
);

export const app = new Hono<{ Bindings: Bindings; Variables: { requestId: string } }>();

app.use(async (context, next) => {
  context.set("requestId", crypto.randomUUID());
  await next();
  context.header("X-Request-Id", context.get("requestId"));
  context.header("Cache-Control", "no-store");
  context.header("X-Content-Type-Options", "nosniff");
  context.header("Worker-Version-Id", context.env.VERSION.id);
});

for (const [path, methods] of Object.entries(ROUTES)) {
  app.all(path, (context) => {
    const { raw: request } = context.req;
    const handler = methods[request.method];
    const allow = { Allow: Object.keys(methods).join(", ") };
    if (handler === undefined) throw new ProblemError("METHOD_NOT_ALLOWED", {}, allow);
    return handler({ request, bindings: context.env, parameters: context.req.param() });
  });
}

app.notFound(() => {
  throw new ProblemError("NOT_FOUND");
});

app.onError((thrown, context) => {
  const requestId = context.get("requestId");
  if (thrown instanceof ProblemError) return problemAnswer(thrown, context.req.raw, requestId);
  logEvent("request_failed", { requestId, error: errorText(thrown) });
  return problemAnswer(new ProblemError("INTERNAL_ERROR"), context.req.raw, requestId);
});

function authorized(scope: Scope, handler: Handler): PublicHandler {
  return async (call) => {
    const clients = readClients(call.bindings);
    const client = await authenticate(call.request.headers.get("authorization"), clients, Date.now());
    requireScope(client, scope);
    return handler(call, client);
  };
}

/** The seed's body, byte for byte. */
function health({ bindings }: Call): Response {
  const isOAuth = readSettings(bindings).claude.credential === "oauthToken";
  const authMethod = isOAuth ? "claude_subscription_setup_token" : "anthropic_api_key";
  return Response.json({ status: "healthy", platform: "cloudflare_sandboxes", auth_method: authMethod });
}

async function readiness({ bindings }: Call): Promise<Response> {
  const checks = await checkReadiness(bindings);
  const isReady = Object.values(checks).every(Boolean);
  const headers: HeadersInit = isReady ? {} : { "Retry-After": "10" };
  return Response.json({ ready: isReady, checks }, { status: isReady ? 200 : 503, headers });
}

async function execute({ request, bindings }: Call, client: Client): Promise<Response> {
  const { prompt, timeoutMs } = await readExecuteInput(request, readSettings(bindings).limits);
  const taskId = await taskIdFor(client.name, request.headers.get("idempotency-key"));
  const task = bindings.TASK.getByName(taskId);
  const createdAtMs = Date.now();
  const submission = await task.submit(
    {
      taskId,
      owner: client.name,
      timeoutMs,
      createdAtMs,
      promptSha256: (await sha256(prompt)).toHex(),
      promptBytes: new TextEncoder().encode(prompt).length,
      fingerprint: (await sha256(JSON.stringify([prompt, timeoutMs]))).toHex(),
    },
    prompt,
  );
  if (submission.kind === "full")
    throw new ProblemError("CAPACITY_EXHAUSTED", { retryable: true }, { "Retry-After": "10" });
  if (submission.kind === "key_reused") throw new ProblemError("IDEMPOTENCY_KEY_REUSED");
  if (submission.kind === "known") return replay(bindings, submission.view);
  if (prefersAsync(request.headers)) return acceptedAnswer(submission.view);
  return answerWhenEnded(bindings, client, taskId, createdAtMs + timeoutMs);
}

/** The key came before: its task's answer, or where to wait for it. */
async function replay(bindings: Bindings, view: TaskView): Promise<Response> {
  if (!view.hasEnded) {
    const headers = { ...taskLocation(view.taskId), "Retry-After": String(RETRY_AFTER_S) };
    throw new ProblemError("REQUEST_IN_PROGRESS", { taskId: view.taskId }, headers);
  }
  const headers = { "Idempotency-Replayed": "true" };
  try {
    const answer = executeAnswer(await storedResult(bindings, view.taskId));
    return new Response(answer.body, {
      status: answer.status,
      headers: { ...Object.fromEntries(answer.headers), ...headers },
    });
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    throw new ProblemError(thrown.code, thrown.members, { ...thrown.headers, ...headers });
  }
}

/** A task object that restarts while it is waited for is asked again, until the time is up. */
async function answerWhenEnded(
  bindings: Bindings,
  client: Client,
  taskId: string,
  deadlineMs: number,
): Promise<Response> {
  let view: TaskView | null = null;
  while (!view?.hasEnded) {
    const remainingMs = deadlineMs - Date.now();
    if (remainingMs <= 0) throw requestTimeout(taskId);
    view = await bindings.TASK.getByName(taskId)
      .awaitEnd(client.name, remainingMs)
      .catch(() => afterRestart());
  }
  return executeAnswer(await storedResult(bindings, taskId));
}

const RESTART_PAUSE_MS = 100;

function afterRestart(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), RESTART_PAUSE_MS));
}

async function storedResult(bindings: Bindings, taskId: string): Promise<StoredResult> {
  const read = await new BucketResults(bindings.RESULTS).read(taskId);
  if (read === null) throw new ProblemError("RESULT_NOT_FOUND");
  return JSON.parse(read.json) as StoredResult;
}

function prefersAsync(headers: Headers): boolean {
  const preferences = headers.get("prefer")?.toLowerCase().split(",") ?? [];
  return preferences.some((preference) => preference.split(";")[0]?.trim() === "respond-async");
}

async function listTasks({ request, bindings }: Call, client: Client): Promise<Response> {
  const query = ListQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) {
    const errors = query.error.issues.map((issue) => ({
      pointer: `/${issue.path.join("/")}`,
      detail: issue.message,
    }));
    throw new ProblemError("INVALID_REQUEST", { errors });
  }
  const { status, limit, cursor } = query.data;
  const page = await bindings.TASK_QUEUE.getByName(QUEUE_NAME).list(client.name, status, limit, cursor);
  const tasks = page.tasks.map((row) => ({
    taskId: row.taskId,
    status: row.status,
    created_at: isoTime(row.createdAtMs),
  }));
  return Response.json({ tasks, cursor: page.cursor });
}

/** An id that is none, another client's task and no task at all look the same. */
async function describe({ bindings, parameters }: Call, client: Client): Promise<TaskView | null> {
  const taskId = parameters["taskId"] ?? "";
  return TASK_ID.test(taskId) ? bindings.TASK.getByName(taskId).describe(client.name) : null;
}

async function showTask(call: Call, client: Client): Promise<Response> {
  const view = await describe(call, client);
  if (view === null) throw new ProblemError("TASK_NOT_FOUND");
  return statusAnswer(view);
}

async function showResult(call: Call, client: Client): Promise<Response> {
  const view = await describe(call, client);
  const result = view?.hasEnded ? await new BucketResults(call.bindings.RESULTS).read(view.taskId) : null;
  if (result === null) throw resultNotFound(view);
  return resultAnswer(result);
}

async function cancelTask(call: Call, client: Client): Promise<Response> {
  const view = await describe(call, client);
  if (view === null) throw new ProblemError("TASK_NOT_FOUND");
  if (view.hasEnded) return statusAnswer(view);
  const cancelled = await call.bindings.TASK.getByName(view.taskId).cancel(client.name);
  return statusAnswer(cancelled ?? view, 202);
}

async function deleteTask(call: Call, client: Client): Promise<Response> {
  const view = await describe(call, client);
  const deletion =
    view === null ? "unknown" : await call.bindings.TASK.getByName(view.taskId).delete(client.name);
  if (deletion === "running") throw new ProblemError("TASK_IN_PROGRESS", { taskId: view?.taskId });
  return new Response(null, { status: 204 });
}

function showProblem({ parameters }: Call): Response {
  const code = (Object.keys(PROBLEMS) as ProblemCode[]).find(
    (known) => problemName(known) === parameters["name"],
  );
  if (code === undefined) throw new ProblemError("NOT_FOUND");
  const { status, error, nextStep } = PROBLEMS[code];
  return Response.json({ code, status, title: error, detail: nextStep });
}
