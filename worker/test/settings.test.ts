import { expect, test, vi } from "vitest";
import { type ConfigurationBindings, readClients, readCredential, readSettings } from "../src/settings.ts";
import { refusal } from "./support/problems.ts";
import { clientWith, SETTINGS } from "./support/settings.ts";

vi.spyOn(console, "log").mockReturnValue();

function bindings(changed: Partial<ConfigurationBindings> = {}): ConfigurationBindings {
  return { SETTINGS: JSON.stringify(SETTINGS), CLIENTS: JSON.stringify([clientWith("token")]), ...changed };
}

test("reads_what_the_stack_writes", () => {
  expect(readSettings(bindings())).toEqual(SETTINGS);
});

test.each([
  "",
  "[]",
  "{}",
  "null",
  "not json",
  '[{"name":"x"}]',
  '[{"name":"x","scopes":["all"],"tokens":[]}]',
])("lets_nobody_in_by_the_clients_%j", async (clients) => {
  expect((await refusal(() => readClients(bindings({ CLIENTS: clients })))).code).toBe("NOT_CONFIGURED");
});

test("refuses_a_setting_that_it_does_not_know", async () => {
  const misspelt = JSON.stringify({ ...SETTINGS, limit: {} });
  expect((await refusal(() => readSettings(bindings({ SETTINGS: misspelt })))).code).toBe("NOT_CONFIGURED");
});

test("logs_the_path_of_a_broken_setting_and_not_its_value", async () => {
  const log = vi.spyOn(console, "log").mockReturnValue();
  const broken = JSON.stringify([{ ...clientWith("token"), tokens: [{ sha256: "canary", notAfter: null }] }]);
  await refusal(() => readClients(bindings({ CLIENTS: broken })));
  expect(log.mock.lastCall?.[0]).toContain("0.tokens.0.sha256");
  expect(log.mock.lastCall?.[0]).not.toContain("canary");
});

test("takes_the_credential_of_the_kind_that_the_settings_name", () => {
  const both = bindings({ ANTHROPIC_API_KEY: "key", CLAUDE_CODE_OAUTH_TOKEN: "oauth" });
  expect(readCredential(both, "oauthToken")).toBe("oauth");
});

test("refuses_to_run_on_an_empty_credential", async () => {
  const empty = bindings({ ANTHROPIC_API_KEY: "", CLAUDE_CODE_OAUTH_TOKEN: "oauth" });
  expect((await refusal(() => readCredential(empty, "apiKey"))).code).toBe("NOT_CONFIGURED");
});
