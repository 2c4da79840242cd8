/** Faults by their number of repetitions: what is tried again, how often, and what comes of it. */

import { expect, test } from "vitest";
import { SUCCESS } from "../support/sandbox_script.ts";
import { live } from "../support/task_life.ts";
import { TaskProcess } from "../support/task_process.ts";
import { TASK, TaskWorld } from "../support/task_world.ts";

const HOUR_MS = 3_600_000;

test.each([0, 1, 2])("runs_once_where_%i_sandboxes_do_not_start", async (prepare) => {
  const { stored, runs } = await live({ ...SUCCESS, failures: { prepare } });
  expect([stored?.status, stored?.attempts, runs]).toEqual(["succeeded", prepare + 1, 1]);
});

test("gives_up_at_the_third_sandbox_that_does_not_start", async () => {
  const { stored, runs } = await live({ ...SUCCESS, failures: { prepare: 3 } });
  expect([stored?.code, stored?.attempts, runs]).toEqual(["SANDBOX_UNAVAILABLE", 3, 0]);
});

test.each([1, 5, 40])("keeps_a_result_through_%i_failed_puts", async (create) => {
  const { stored, runs } = await live({ ...SUCCESS, failures: { create } });
  expect([stored?.status, stored?.stdout, runs]).toEqual(["succeeded", "4", 1]);
});

/** A task whose calls fail as this says, until it has ended. */
async function liveThrough(
  timeoutMs: number,
  runMs: number,
  fails: (call: string, world: TaskWorld) => boolean,
): Promise<TaskWorld> {
  const world = new TaskWorld({ ...SUCCESS, runMs });
  world.fails = (call) => fails(call, world);
  const process = new TaskProcess(world);
  await process.turn(() => void process.lifecycle.create({ ...TASK, timeoutMs }, "2 + 2?"));
  while (world.rows.record?.phase !== "ended") {
    world.nowMs = Math.max(world.nowMs, world.rows.alarmMs ?? 0);
    await process.deliverAlarm();
  }
  return world;
}

test("outlasts_polls_that_fail_now_and_then_through_a_long_run", async () => {
  let polls = 0;
  const { stored } = await liveThrough(HOUR_MS, 3_000_000, (call) => call === "poll" && ++polls % 10 === 0);
  expect([stored?.status, stored?.execution_time_ms]).toEqual(["succeeded", expect.closeTo(3_000_000, -5)]);
});

test("starts_nothing_any_more_where_the_start_is_heard_of_after_the_time_is_up", async () => {
  const { stored, runs } = await liveThrough(10_000, 3_000, (call, world) => {
    if (call === "start") world.nowMs += 20_000;
    return call === "start";
  });
  expect([stored?.status, stored?.code, runs]).toEqual(["timed_out", "RUN_TIMED_OUT", 0]);
});

/** The container's clock is another one: it goes on as it did. */
async function liveThroughJump(jumpMs: number): Promise<TaskWorld> {
  const world = new TaskWorld(SUCCESS);
  const process = new TaskProcess(world);
  await process.turn(() => void process.lifecycle.create(TASK, "2 + 2?"));
  await process.deliverAlarm();
  expect(world.rows.record?.phase).toBe("running");
  world.nowMs += jumpMs;
  if (world.container?.startedAtMs) world.container.startedAtMs += jumpMs;
  while (world.rows.record?.phase !== "ended") await process.deliverAlarm();
  return world;
}

test.each([-HOUR_MS, HOUR_MS])(
  "tells_no_negative_duration_where_the_clock_jumps_by_%i_ms",
  async (jumpMs) => {
    const { stored, runs } = await liveThroughJump(jumpMs);
    expect(stored?.execution_time_ms).toBeGreaterThanOrEqual(0);
    expect(runs).toBe(1);
  },
);

test("does_not_end_a_run_early_where_the_clock_is_set_back", async () => {
  expect((await liveThroughJump(-HOUR_MS)).stored?.status).toBe("succeeded");
});
