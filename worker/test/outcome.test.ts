import fc from "fast-check";
import { expect, test } from "vitest";
import { answerText, type ResultEvent, readResultEvent, verdict } from "../src/outcome.ts";
import { cutAt, streamOf, utf8 } from "./support/streams.ts";

const SUCCESS = { type: "result", subtype: "success", is_error: false, result: "4" };
const line = (event: object): string => `${JSON.stringify(event)}\n`;

async function eventOf(members: object): Promise<ResultEvent> {
  const event = await readResultEvent(streamOf(line({ ...SUCCESS, ...members })));
  if (event === null) throw new Error("no event was read");
  return event;
}

const garbage = fc
  .oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom('{"type":"result"}', '{"type":"result","is_error":0}', '"result"'),
  )
  .map((text) => text.replaceAll("\n", " "));

test("finds_the_result_in_any_garbage_wherever_the_stream_is_cut", async () => {
  const noise = fc.array(garbage, { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(noise, noise, fc.array(fc.nat()), fc.string(), async (before, after, cuts, result) => {
      const text = [...before, JSON.stringify({ ...SUCCESS, result }), ...after].join("\n");
      expect((await readResultEvent(streamOf(...cutAt(utf8(text), cuts))))?.result).toBe(result);
    }),
  );
});

test("never_takes_garbage_for_a_result", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(garbage), async (texts) => {
      expect(await readResultEvent(streamOf(texts.join("\n")))).toBeNull();
    }),
  );
});

test("reads_a_result_of_one_mebibyte", async () => {
  const result = "r".repeat(1024 * 1024);
  expect((await eventOf({ result })).result).toBe(result);
});

test("takes_the_last_of_several_results", async () => {
  const events = streamOf(line({ ...SUCCESS, result: "first" }), line({ ...SUCCESS, result: "last" }));
  expect((await readResultEvent(events))?.result).toBe("last");
});

test("takes_members_of_a_wrong_type_for_absent", async () => {
  const event = await eventOf({ result: 4, errors: "none", num_turns: "2", permission_denials: [{}, null] });
  expect(event).toMatchObject({ result: "", errors: [], num_turns: null });
  expect(event.permission_denials).toEqual(["unknown", "unknown"]);
});

test("succeeds_only_with_exit_code_0_and_a_result_without_error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 255 }), fc.boolean(), async (exitCode, isError) => {
      const { status } = verdict(exitCode, await eventOf({ is_error: isError }));
      expect(status).toBe(exitCode === 0 && !isError ? "succeeded" : "failed");
    }),
  );
});

test("fails_without_a_result_whatever_the_exit_code", () => {
  expect(verdict(0, null)).toEqual({ status: "failed", code: "NO_RESULT" });
});

test.each([
  [{ subtype: "error_max_turns" }, "MAX_TURNS_REACHED"],
  [{ subtype: "error_max_budget_usd" }, "BUDGET_EXCEEDED"],
  [{ api_error_status: 401 }, "MODEL_UNAUTHORIZED"],
  [{ api_error_status: 403 }, "MODEL_UNAUTHORIZED"],
  [{ api_error_status: 429 }, "MODEL_OVERLOADED"],
  [{ api_error_status: 529 }, "MODEL_OVERLOADED"],
  [{ api_error_status: 500 }, "MODEL_ERROR"],
  [{}, "AGENT_ERROR"],
])("names_the_cause_of_%j", async (members, code) => {
  expect(verdict(1, await eventOf({ is_error: true, ...members })).code).toBe(code);
});

test("answers_with_the_errors_where_there_is_no_result_text", async () => {
  expect(answerText(await eventOf({ result: "", errors: ["one", "two"] }))).toBe("one\ntwo");
  expect(answerText(null)).toBe("");
});
