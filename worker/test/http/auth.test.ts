import { expect, test, vi } from "vitest";
import { ROUTED } from "../../src/router.ts";
import { NO_TASK, READ_TOKEN, Service, TOKEN } from "../support/service.ts";

const JSON_TYPE = { "content-type": "application/json" };
const OPEN = ["/health", "/problems/{name}", "/openapi.json"];

const routes = [...ROUTED].flatMap(([path, methods]) => methods.map((method) => [method, path] as const));
const guarded = routes.filter(([, path]) => !OPEN.includes(path));
const writing = guarded.filter(([method]) => method !== "get");

const pathOf = (path: string): string => path.replace("{taskId}", NO_TASK);

test.each(guarded)("lets_nobody_%s_%s_without_a_token", async (method, path) => {
  const answer = await new Service().fetch(pathOf(path), { method: method.toUpperCase() }, null);
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="sandbox"');
});

test.each(writing)("lets_nobody_%s_%s_with_a_token_that_may_only_read", async (method, path) => {
  const answer = await new Service().fetch(pathOf(path), { method: method.toUpperCase() }, READ_TOKEN);
  expect(answer.status).toBe(403);
  expect(answer.headers.get("www-authenticate")).toContain('error="insufficient_scope", scope="tasks:write"');
});

/** A right token where none is looked for. */
test.each<[string, string, Record<string, string>, object]>([
  ["the_query", `/execute?access_token=${TOKEN}&token=${TOKEN}`, {}, {}],
  ["the_body", "/execute", {}, { access_token: TOKEN, token: TOKEN }],
  ["a_cookie", "/execute", { cookie: `token=${TOKEN}; Authorization=Bearer ${TOKEN}` }, {}],
  ["a_header_of_its_own", "/execute", { "x-api-key": TOKEN, "x-auth-token": TOKEN }, {}],
  ["the_proxys_header", "/execute", { "proxy-authorization": `Bearer ${TOKEN}` }, {}],
  ["a_forwarded_header", "/execute", { "x-forwarded-authorization": `Bearer ${TOKEN}` }, {}],
  ["the_user", "/execute", { authorization: `Basic ${btoa(`default:${TOKEN}`)}` }, {}],
])("takes_no_token_from_%s", async (_place, path, headers, members) => {
  const body = JSON.stringify({ task: "t", ...members });
  const init = { method: "POST", body, headers: { ...JSON_TYPE, ...headers } };
  expect((await new Service().fetch(path, init, null)).status).toBe(401);
});

/** Names of another path, another method, another client. */
test.each<[string, string, Record<string, string>]>([
  ["x-original-url", "/tasks", { "x-original-url": "/health" }],
  ["x-rewrite-url", "/tasks", { "x-rewrite-url": "/health" }],
  ["x-http-method-override", "/execute", { "x-http-method-override": "GET" }],
  ["x-forwarded-for", "/tasks", { "x-forwarded-for": "127.0.0.1", "x-forwarded-user": "default" }],
  [
    "cf-access-jwt-assertion",
    "/tasks",
    { "cf-access-jwt-assertion": "e30.e30.", "cf-access-client-id": "x" },
  ],
])("believes_no_%s", async (_header, path, headers) => {
  const method = path === "/tasks" ? "GET" : "POST";
  expect((await new Service().fetch(path, { method, headers }, null)).status).toBe(401);
});

test("gives_no_origin_leave", async () => {
  const headers = { origin: "https://evil.test", "access-control-request-method": "POST" };
  const answers = [
    await new Service().fetch("/execute", { method: "OPTIONS", headers }, null),
    await new Service().fetch("/tasks", { headers }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([405, 200]);
  const given = answers.flatMap((answer) => [...answer.headers.keys()]);
  expect(given.filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test("touches_no_binding_for_a_stranger", async () => {
  const service = new Service();
  const touched = vi.fn();
  for (const name of ["TASK", "TASK_QUEUE", "RESULTS", "Sandbox"])
    service.bindings[name] = new Proxy({}, { get: touched });
  const answer = await service.execute({ task: "t" }, {}, "wrong");
  expect([answer.status, touched.mock.calls]).toEqual([401, []]);
});

test("lets_nobody_in_where_the_clients_secret_is_not_set", async () => {
  const closed = new Service();
  delete closed.bindings["CLIENTS"];
  expect((await closed.execute({ task: "t" })).status).toBe(503);
});
