import { expect, test } from "vitest";
import { bodyOf, Service } from "../support/service.ts";
import { SETTINGS } from "../support/settings.ts";

test.each([
  ["oauthToken", "claude_subscription_setup_token"],
  ["apiKey", "anthropic_api_key"],
] as const)("tells_its_health_as_the_seed_does_with_an_%s", async (credential, method) => {
  const service = new Service({ claude: { ...SETTINGS.claude, credential } });
  const answer = await service.fetch("/health", {}, null);
  expect(await answer.text()).toBe(
    `{"status":"healthy","platform":"cloudflare_sandboxes","auth_method":"${method}"}`,
  );
});

test("answers_head_of_health_without_a_body", async () => {
  const answer = await new Service().fetch("/health", { method: "HEAD" }, null);
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
});

test("is_ready_where_credential_bucket_and_queue_are_there", async () => {
  const answer = await new Service().fetch("/readyz");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    ready: true,
    checks: { credential: true, results: true, queue: true },
  });
});

test("is_not_ready_without_its_bucket_and_says_when_to_ask_again", async () => {
  const service = new Service();
  service.bucket.isDown = true;
  const answer = await service.fetch("/readyz");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "10"]);
  expect(await answer.json()).toMatchObject({ ready: false, checks: { results: false } });
});

test("is_not_ready_without_a_credential", async () => {
  const service = new Service();
  service.bindings["ANTHROPIC_API_KEY"] = "";
  expect(await bodyOf(await service.fetch("/readyz"))).toMatchObject({
    ready: false,
    checks: { credential: false },
  });
});

test("keeps_its_readiness_from_strangers", async () => {
  expect((await new Service().fetch("/readyz", {}, null)).status).toBe(401);
});

test("serves_its_contract_to_anybody", async () => {
  const answer = await new Service().fetch("/openapi.json", {}, null);
  expect(await bodyOf(answer)).toMatchObject({ openapi: "3.1.0", paths: { "/execute": expect.anything() } });
});
