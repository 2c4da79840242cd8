import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { live, outlive } from "../support/task_life.ts";
import type { Moment, TaskWorld } from "../support/task_world.ts";
import { SCRIPTS } from "./scripts.ts";

const MOMENTS: readonly Moment[] = ["before_commit", "before_effect", "after_effect"];

/** As many as are made to forget a task, and more. */
const CALLS_AFTER_THE_END = 8;

type Scripted = (typeof SCRIPTS)[string];

/** What must hold at the end of a task, whatever happened to its processes. That it holds on the way, the world checks. */
function expectCleanEnd(world: TaskWorld): void {
  const status = world.stored?.status;
  expect(world.rows.record).toMatchObject({ phase: "ended", endStatus: status });
  expect(world.rows.result).toEqual(world.stored);
  expect(world.rows.prompt).toBeNull();
  expect(world.container).toBeNull();
  expect(world.slot).toEqual({ released: status });
}

/** And what its script demands. */
function expectOneEnd(world: TaskWorld, { status, code, runs }: Scripted): void {
  expectCleanEnd(world);
  expect(world.stored).toMatchObject({ status, code, success: status === "succeeded" });
  expect(world.runs).toBeLessThanOrEqual(runs);
  if (status === "succeeded") expect(world.runs).toBe(1);
}

function expectForgotten(world: TaskWorld): void {
  expect(world.rows).toEqual({ record: null, prompt: null, result: null, alarmMs: null });
  expect([world.stored, world.files.size, world.slot]).toEqual([null, 0, "forgotten"]);
}

describe.each(Object.entries(SCRIPTS))("where_%s", (_name, scripted) => {
  test("the_task_ends_as_it_must", async () => {
    const world = await live(scripted.script);
    expectOneEnd(world, scripted);
    expect(world.runs).toBe(scripted.runs);
  });

  test.each(MOMENTS)("it_ends_alike_when_its_process_dies_at_any_port_call_%s", async (moment) => {
    const { calls } = await live(scripted.script);
    for (let call = 1; call <= calls; call += 1) {
      const world = await live(scripted.script, new Map([[call, moment]]));
      expectOneEnd(world, scripted);
    }
  });

  test("it_ends_alike_when_many_processes_die", async () => {
    const deaths = fc.array(fc.tuple(fc.integer({ min: 1, max: 150 }), fc.constantFrom(...MOMENTS)), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(deaths, async (moments) => {
        expectOneEnd(await live(scripted.script, new Map(moments)), scripted);
      }),
    );
  });

  test("it_runs_at_most_once_when_its_container_dies_with_its_process", async () => {
    const { calls } = await live(scripted.script);
    for (let call = 1; call <= calls; call += 1) {
      const world = await live(scripted.script, new Map([[call, "with_its_container"]]));
      expect(world.runs).toBeLessThanOrEqual(1);
      expectCleanEnd(world);
    }
  });

  test("it_is_forgotten_when_its_retention_has_passed", async () => {
    const world = await live(scripted.script);
    await outlive(world);
    expectForgotten(world);
  });

  test.each(MOMENTS)("it_is_forgotten_alike_when_its_process_dies_%s", async (moment) => {
    const { calls } = await live(scripted.script);
    for (let call = calls + 1; call <= calls + CALLS_AFTER_THE_END; call += 1) {
      const world = await live(scripted.script, new Map([[call, moment]]));
      await outlive(world);
      expectForgotten(world);
    }
  });
});
