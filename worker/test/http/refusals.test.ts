import { expect, test } from "vitest";
import { bodyOf, NO_TASK, READ_TOKEN, Service, TOKEN } from "../support/service.ts";

const service = new Service();

interface Wrong {
  method?: string;
  path?: string;
  token?: string | null;
  headers?: Record<string, string>;
  body?: string;
}

const JSON_TYPE = { "content-type": "application/json" };

const send = ({ method = "POST", path = "/execute", token = TOKEN, headers = {}, body = "{}" }: Wrong) =>
  service.fetch(
    path,
    { method, headers: { ...JSON_TYPE, ...headers }, ...(method !== "GET" && { body }) },
    token,
  );

const BIG = { "content-length": "9999999" };
const TEXT = { "content-type": "text/plain" };

/** Each request is wrong in all that the next ones are wrong in, so that the order of the checks shows. */
test.each<[string, number, Wrong]>([
  [
    "NOT_FOUND",
    404,
    { path: "/nothing", method: "PATCH", token: null, headers: { ...BIG, ...TEXT }, body: "{" },
  ],
  ["METHOD_NOT_ALLOWED", 405, { method: "PATCH", token: null, headers: { ...BIG, ...TEXT }, body: "{" }],
  ["UNAUTHORIZED", 401, { token: "wrong", headers: { ...BIG, ...TEXT }, body: "{" }],
  ["FORBIDDEN", 403, { token: READ_TOKEN, headers: { ...BIG, ...TEXT }, body: "{" }],
  ["PAYLOAD_TOO_LARGE", 413, { headers: { ...BIG, ...TEXT }, body: "{" }],
  ["UNSUPPORTED_MEDIA_TYPE", 415, { headers: { ...TEXT, "idempotency-key": "ä" }, body: "{" }],
  ["INVALID_REQUEST", 400, { headers: { "idempotency-key": "not visible" }, body: "{" }],
  ["TASK_REQUIRED", 400, { headers: { "idempotency-key": "not visible" }, body: '{"timeout":-1}' }],
  ["INVALID_REQUEST", 400, { headers: { "idempotency-key": "not visible" }, body: '{"task":"t"}' }],
])("refuses_with_%s_before_anything_else", async (code, status, wrong) => {
  const answer = await send(wrong);
  expect(await bodyOf(answer)).toMatchObject({ code, status });
  expect(answer.status).toBe(status);
});

test("answers_405_with_the_methods_that_are_allowed", async () => {
  expect((await send({ method: "PUT", path: `/tasks/${NO_TASK}` })).headers.get("allow")).toBe("GET, DELETE");
});

test("carries_the_seeds_error_and_the_members_of_rfc_9457", async () => {
  const answer = await send({ token: null });
  const { requestId, ...body } = await bodyOf(answer);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(requestId).toBe(answer.headers.get("x-request-id"));
  expect(body).toEqual({
    error: "Unauthorized",
    type: "http://localhost/problems/unauthorized",
    title: "Unauthorized",
    status: 401,
    code: "UNAUTHORIZED",
    detail: expect.any(String),
    instance: "/execute",
  });
});

test("names_the_path_without_the_query_as_the_instance", async () => {
  const answer = await send({ method: "GET", path: "/tasks/%3Cx%3E/result?token=canary" });
  expect((await bodyOf(answer))["instance"]).toBe("/tasks/%3Cx%3E/result");
});

test("speaks_problem_json_only_where_it_is_asked_to", async () => {
  const answer = await send({ token: null, headers: { accept: "application/problem+json" } });
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await answer.json()).toMatchObject({ status: 401, error: "Unauthorized" });
});

test.each<Wrong>([
  {},
  { method: "GET", path: "/health" },
  { method: "GET", path: "/nothing" },
  { method: "GET", path: "/execute" },
  { method: "GET", path: "/openapi.json" },
  { method: "GET", path: `/tasks/${NO_TASK}/events` },
  { token: null },
])("puts_the_four_headers_on_every_answer_%#", async (request) => {
  const { headers } = await send(request);
  expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("worker-version-id")).toBe("version-1");
});

test.each(["", "[]", "{"])("lets_nobody_in_where_the_clients_are_%j", async (clients) => {
  const closed = new Service();
  closed.bindings["CLIENTS"] = clients;
  expect(await bodyOf(await closed.execute({ task: "t" }))).toMatchObject({
    code: "NOT_CONFIGURED",
    status: 503,
  });
});

test.each<[string, Wrong]>([
  ["UNAUTHORIZED", { token: null }],
  ["NOT_FOUND", { path: "/nothing" }],
  ["UNSUPPORTED_MEDIA_TYPE", { headers: TEXT }],
  ["PAYLOAD_TOO_LARGE", {}],
])(
  "reads_a_body_to_its_end_before_it_answers_%s",
  async (code, { path = "/execute", token = TOKEN, headers = {} }) => {
    let isRead = false;
    const chunks = Array.from({ length: 32 }, () => new Uint8Array(64 * 1024));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.pop();
        if (chunk !== undefined) return controller.enqueue(chunk);
        isRead = true;
        controller.close();
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { ...JSON_TYPE, ...headers } };
    const answer = await service.fetch(path, init as RequestInit, token);
    expect([(await bodyOf(answer))["code"], isRead]).toEqual([code, true]);
  },
);

test("tells_nothing_of_an_error_that_nobody_expected", async () => {
  const broken = new Service();
  broken.bindings["TASK"] = {
    getByName: () => {
      throw new Error("canary");
    },
  };
  const answer = await broken.execute({ task: "t" });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("canary");
});
