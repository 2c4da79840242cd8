import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { forwardToModel, MODEL_HOST } from "../src/egress.ts";
import type { ConfigurationBindings } from "../src/settings.ts";
import { ModelDouble } from "./support/model_double.ts";
import { refusal } from "./support/problems.ts";
import { SETTINGS } from "./support/settings.ts";

const log = vi.spyOn(console, "log").mockReturnValue();

const KEY = "sk-ant-the-real-one";
const OAUTH = "oat-the-real-one";
const model = new ModelDouble();
let baseUrl = "";

beforeAll(async () => {
  baseUrl = await model.listen();
});
afterAll(() => model.close());

function bindings(credential: "apiKey" | "oauthToken" = "apiKey", base = baseUrl): ConfigurationBindings {
  const claude = { ...SETTINGS.claude, credential, baseUrl: base };
  return {
    SETTINGS: JSON.stringify({ ...SETTINGS, claude }),
    CLIENTS: "[]",
    ANTHROPIC_API_KEY: KEY,
    CLAUDE_CODE_OAUTH_TOKEN: OAUTH,
  };
}

function request(path = "/v1/messages", init: RequestInit = {}): Request {
  return new Request(`http://${MODEL_HOST}${path}`, { method: "POST", body: "{}", ...init });
}

/** What the model got of a request that a container sent. */
async function arrived(sent: Request, credential: "apiKey" | "oauthToken" = "apiKey") {
  await forwardToModel(sent, bindings(credential));
  const last = model.received.at(-1);
  if (last === undefined) throw new Error("nothing arrived");
  return last;
}

test("puts_the_real_key_on_and_the_containers_own_away", async () => {
  const headers = { "x-api-key": "placeholder", authorization: "Bearer attacker", cookie: "a=b" };
  const { headers: got } = await arrived(request("/v1/messages", { headers }));
  expect(got["x-api-key"]).toBe(KEY);
  expect(got.authorization).toBeUndefined();
  expect(got.cookie).toBeUndefined();
});

test("puts_the_oauth_token_on_with_the_beta_that_it_needs", async () => {
  const headers = { "x-api-key": "attacker", "anthropic-beta": "tools-1" };
  const { headers: got } = await arrived(request("/v1/messages", { headers }), "oauthToken");
  expect(got.authorization).toBe(`Bearer ${OAUTH}`);
  expect(got["anthropic-beta"]).toBe("tools-1,oauth-2025-04-20");
  expect(got["x-api-key"]).toBeUndefined();
});

test.each([undefined, "oauth-2025-04-20"])(
  "asks_for_the_beta_once_where_the_container_asked_for_%s",
  async (beta) => {
    const headers = beta === undefined ? {} : { "anthropic-beta": beta };
    const { headers: got } = await arrived(request("/v1/messages", { headers }), "oauthToken");
    expect(got["anthropic-beta"]).toBe("oauth-2025-04-20");
  },
);

test("asks_for_no_beta_with_a_key", async () => {
  expect((await arrived(request())).headers["anthropic-beta"]).toBeUndefined();
});

test("lets_no_header_pass_that_is_not_on_its_list", async () => {
  const names = fc
    .stringMatching(/^x-[a-z]{1,12}$/)
    .filter((name) => !/^x-(app|stainless-|claude-code-)/.test(name));
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const { headers: got } = await arrived(request("/v1/messages", { headers: { [name]: "canary" } }));
      expect(Object.values(got)).not.toContain("canary");
    }),
    { numRuns: 20 },
  );
});

test.each([
  "accept",
  "accept-encoding",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "anthropic-version",
  "content-encoding",
  "content-type",
  "user-agent",
  "x-app",
  "x-stainless-lang",
  "x-claude-code-session-id",
])("passes_%s_on", async (name) => {
  expect((await arrived(request("/v1/messages", { headers: { [name]: "value" } }))).headers[name]).toBe(
    "value",
  );
});

test("passes_the_body_and_the_query_on_and_the_answer_back", async () => {
  model.answer = { status: 529, headers: { "retry-after": "7" }, body: "overloaded" };
  const answer = await forwardToModel(request("/v1/messages?beta=true", { body: "{ }" }), bindings());
  expect(model.received.at(-1)).toMatchObject({ path: "/v1/messages?beta=true", body: "{ }" });
  expect([answer.status, answer.headers.get("retry-after"), await answer.text()]).toEqual([
    529,
    "7",
    "overloaded",
  ]);
  model.answer = { status: 200, body: "{}" };
});

test("counts_tokens_too", async () => {
  expect((await arrived(request("/v1/messages/count_tokens"))).path).toBe("/v1/messages/count_tokens");
});

test.each(["", "/", "//"])("asks_below_the_path_of_a_base_url_that_ends_in_%j", async (end) => {
  await forwardToModel(request(), bindings("apiKey", `${baseUrl}/gateway${end}`));
  expect(model.received.at(-1)?.path).toBe("/gateway/v1/messages");
});

test("asks_nobody_without_a_credential", async () => {
  const before = model.received.length;
  const empty = { ...bindings(), ANTHROPIC_API_KEY: "" };
  expect((await refusal(() => forwardToModel(request(), empty))).code).toBe("NOT_CONFIGURED");
  expect(model.received.length).toBe(before);
});

test("tells_the_agent_and_the_log_what_was_refused", async () => {
  const path = `/${"p".repeat(300)}`;
  const answer = await forwardToModel(request(`${path}?query=canary`, { method: "PUT" }), bindings());
  expect(await answer.json()).toEqual({ error: "The sandbox may not call this", method: "PUT", path });
  const line = { event: "egress_refused", method: "PUT", path: path.slice(0, 200) };
  expect(JSON.parse(String(log.mock.lastCall?.[0]))).toEqual(line);
});

test("follows_no_redirect_with_the_credential", async () => {
  model.answer = { status: 307, headers: { location: `${baseUrl}/elsewhere` }, body: "" };
  const before = model.received.length;
  const answer = await forwardToModel(request(), bindings());
  expect([answer.status, model.received.length - before]).toEqual([307, 1]);
  model.answer = { status: 200, body: "{}" };
});

test.each([
  ["GET", "/v1/messages"],
  ["DELETE", "/v1/messages"],
  ["POST", "/v1/files"],
  ["POST", "/v1/messages/"],
  ["POST", "/v1/messages/batches"],
  ["POST", "//v1/messages"],
  ["POST", "/V1/messages"],
  ["POST", "/v1/messages/../organizations"],
])("refuses_%s_%s_without_asking_the_model", async (method, path) => {
  const before = model.received.length;
  const sent = request(path, { method, body: method === "GET" ? null : "{}" });
  expect((await forwardToModel(sent, bindings())).status).toBe(403);
  expect(model.received.length).toBe(before);
});
