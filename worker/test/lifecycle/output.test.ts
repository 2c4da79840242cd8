import { expect, test } from "vitest";
import { resultEvent, SUCCESS } from "../support/sandbox_script.ts";
import { live } from "../support/task_life.ts";

test("keeps_the_raw_output_beside_the_result", async () => {
  const { files } = await live(SUCCESS);
  expect([...files]).toEqual([
    ["events", SUCCESS.events],
    ["stderr", "some words\n"],
  ]);
});

test("keeps_no_raw_output_of_a_task_that_never_ran", async () => {
  expect((await live({ ...SUCCESS, busyMs: 20_000, cancelAfterMs: 8_000 })).files.size).toBe(0);
});

test("cuts_an_answer_to_what_may_stand_in_the_result_and_says_so", async () => {
  const { stored, files } = await live({ runMs: 1, events: resultEvent({ result: "r".repeat(5_000) }) });
  expect([stored?.stdout.length, stored?.truncated]).toEqual([1_000, true]);
  expect(files.get("events")).toContain("r".repeat(5_000));
});

test("tells_what_the_run_cost", async () => {
  const members = {
    total_cost_usd: 0.25,
    num_turns: 2,
    session_id: "s",
    permission_denials: [{ tool_name: "Bash" }],
  };
  expect((await live({ runMs: 5_000, events: resultEvent(members) })).stored).toMatchObject({
    cost_usd: 0.25,
    num_turns: 2,
    session_id: "s",
    permission_denials: ["Bash"],
    execution_time_ms: 5_000,
    attempts: 1,
  });
});

test("takes_a_run_that_succeeded_before_the_stop_reached_it_for_a_success", async () => {
  const script = { runMs: 61_000, exitCode: 0, events: resultEvent() };
  expect((await live(script)).stored?.status).toBe("timed_out");
  expect((await live({ ...script, runMs: 60_000 })).stored?.status).toBe("succeeded");
});
