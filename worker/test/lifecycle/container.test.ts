import { expect, test } from "vitest";
import { SUCCESS } from "../support/sandbox_script.ts";
import { alarm, live, outlive } from "../support/task_life.ts";
import { TaskProcess } from "../support/task_process.ts";
import type { TaskWorld } from "../support/task_world.ts";

/** A task that has ended, and a container that a call which was under way at its end has booted again. */
async function withLateContainer(): Promise<TaskWorld> {
  const world = await live(SUCCESS);
  world.container = { prompt: null, startedAtMs: null, stoppedAtMs: null };
  return world;
}

test("destroys_a_container_that_a_late_call_has_booted_within_a_minute", async () => {
  const world = await withLateContainer();
  const endedAtMs = world.nowMs;
  await alarm(world, new TaskProcess(world));
  expect(world.container).toBeNull();
  expect(world.nowMs - endedAtMs).toBeLessThanOrEqual(60_000);
});

test("goes_on_to_destroy_a_late_container_however_often_that_fails", async () => {
  const world = await withLateContainer();
  world.failuresLeft.set("destroy", 20);
  await outlive(world);
  expect(world.container).toBeNull();
});

test("gives_its_slot_back_only_once_its_container_is_gone", async () => {
  const world = await live({ ...SUCCESS, failures: { destroy: 20 } });
  expect([world.container, world.slot]).toEqual([null, { released: "succeeded" }]);
});

test.each([
  ["storing", { create: 1 }],
  ["cleaning", { destroy: 1 }],
] as const)("calls_nothing_and_writes_nothing_where_a_%s_task_is_cancelled", async (phase, failures) => {
  const world = await live({ ...SUCCESS, failures }, new Map(), phase);
  const { rows, calls } = world;
  const process = new TaskProcess(world);
  await process.turn(() => process.lifecycle.cancel());
  expect([world.rows, world.calls]).toEqual([rows, calls]);
});
