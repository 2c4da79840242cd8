/**
 * The HTTP face. The order of checks is the contract's: route, method, authentication, rate, size, type, parse,
 * validate, idempotency, admission; the first two are made here.
 */

import { Hono } from "hono";
import type { Bindings } from "./bindings.ts";
import { authorized, type PublicEndpoint } from "./endpoint.ts";
import { contract, health, readiness, showProblem } from "./endpoints/deployment.ts";
import { showEvents } from "./endpoints/events.ts";
import { execute } from "./endpoints/execute.ts";
import { cancelTask, deleteTask, listTasks, showResult, showTask } from "./endpoints/tasks.ts";
import { asProblem, ProblemError } from "./errors.ts";
import { errorText, logEvent } from "./log.ts";
import { problemAnswer } from "./problem_answer.ts";
import { discardBody } from "./refused_body.ts";

type Methods = Readonly<Record<string, PublicEndpoint>>;

const ROUTES: Readonly<Record<string, Methods>> = {
  "/health": { GET: health, HEAD: health },
  "/readyz": { GET: authorized("tasks:read", readiness) },
  "/execute": { POST: authorized("tasks:write", execute) },
  "/tasks": { GET: authorized("tasks:read", listTasks) },
  "/tasks/:taskId": {
    GET: authorized("tasks:read", showTask),
    DELETE: authorized("tasks:write", deleteTask),
  },
  "/tasks/:taskId/events": { GET: authorized("tasks:read", showEvents) },
  "/tasks/:taskId/result": { GET: authorized("tasks:read", showResult) },
  "/tasks/:taskId/cancel": { POST: authorized("tasks:write", cancelTask) },
  "/problems/:name": { GET: showProblem },
  "/openapi.json": { GET: contract },
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
  await discardBody(context.req.raw);
  context.header("X-Request-Id", context.get("requestId"));
  context.header("Cache-Control", "no-store");
  context.header("X-Content-Type-Options", "nosniff");
  context.header("Worker-Version-Id", context.env.VERSION.id);
});

for (const [path, methods] of Object.entries(ROUTES)) {
  app.all(path, (context) => {
    const { raw: request } = context.req;
    const endpoint = methods[request.method];
    const allow = { Allow: Object.keys(methods).join(", ") };
    if (endpoint === undefined) throw new ProblemError("METHOD_NOT_ALLOWED", {}, allow);
    return endpoint({ request, bindings: context.env, parameters: context.req.param() });
  });
}

/** Answered, not thrown: a throw from here would go past the headers that every answer has. */
app.notFound((context) =>
  problemAnswer(new ProblemError("NOT_FOUND"), context.req.raw, context.get("requestId")),
);

app.onError((thrown, context) => {
  const requestId = context.get("requestId");
  const problem = asProblem(thrown);
  if (problem.cause !== undefined) logEvent("request_failed", { requestId, error: errorText(problem.cause) });
  return problemAnswer(problem, context.req.raw, requestId);
});
