import { expect, test, vi } from "vitest";
import { forwardToModel, MODEL_HOST } from "../src/egress.ts";

vi.spyOn(console, "log").mockReturnValue();

const BINDINGS = { SETTINGS: "", CLIENTS: "", ANTHROPIC_API_KEY: "", CLAUDE_CODE_OAUTH_TOKEN: "" };

/** Left unread it breaks the connection, and with it the allowed call that comes on it next. */
test("reads_what_a_refused_call_still_sends", async () => {
  const refused = new Request(`http://${MODEL_HOST}/v1/files`, { method: "POST", body: "{}" });
  expect((await forwardToModel(refused, BINDINGS)).status).toBe(403);
  expect(refused.bodyUsed).toBe(true);
});
