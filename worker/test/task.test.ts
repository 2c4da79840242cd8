import { expect, test, vi } from "vitest";
import type { Admission } from "../src/queue.ts";
import { newRecord } from "../src/task_record.ts";
import { SandboxDouble } from "./support/sandbox_double.ts";
import { PROMPT } from "./support/task_life.ts";
import { TaskObject } from "./support/task_object.ts";
import { TASK } from "./support/task_world.ts";

const log = vi.spyOn(console, "log").mockReturnValue();
const logged = (event: string): boolean =>
  log.mock.calls.some(([line]) => String(line).includes(`"${event}"`));

/** More often than the platform delivers an alarm whose handler fails. */
const MANY = 7;

const RESULT_KEY = `tasks/${TASK.taskId}/result.json`;

async function accepted(): Promise<TaskObject> {
  log.mockClear();
  const object = new TaskObject();
  await object.task.submit(TASK, PROMPT);
  return object;
}

/** The deployment is broken for many alarms, then mended. */
async function survive(object: TaskObject): Promise<void> {
  object.deploy("{");
  for (let alarms = 0; alarms < MANY; alarms += 1) {
    await object.alarm();
    expect(await object.storage.getAlarm()).toBeGreaterThan(Date.now());
  }
  object.deploy();
}

test("goes_on_once_a_deployment_whose_settings_can_not_be_read_is_mended", async () => {
  const object = await accepted();
  await survive(object);
  expect(await object.ended()).toBe("succeeded");
});

test("ends_interrupted_where_its_sandbox_went_while_no_alarm_could_work", async () => {
  const object = await accepted();
  const started = { attempts: 1, mayHaveStarted: true, startedAtMs: Date.now() };
  object.storage.kv.put("record", { ...newRecord(TASK), ...started, phase: "running" });
  await survive(object);
  expect(await object.ended()).toBe("interrupted");
});

test("goes_on_from_what_is_durable_after_its_storage_has_failed", async () => {
  const object = await accepted();
  object.storage.isDown = true;
  for (let alarms = 0; alarms < MANY; alarms += 1) await object.alarm();
  object.storage.isDown = false;
  expect(await object.ended()).toBe("succeeded");
  expect(await object.task.describe(TASK.owner)).toMatchObject({ attempts: 1 });
});

test("is_accepted_again_where_its_first_writes_failed", async () => {
  const object = new TaskObject();
  object.storage.isDown = true;
  await expect(object.task.submit(TASK, PROMPT)).rejects.toThrow("the storage is down");
  object.storage.isDown = false;
  const { kind } = await object.task.submit(TASK, PROMPT);
  expect([kind, await object.ended()]).toEqual(["accepted", "succeeded"]);
});

test("gets_its_alarm_back_when_the_queue_asks_how_it_stands", async () => {
  const object = await accepted();
  object.storage.takeAlarm();
  expect(await object.task.endStatus()).toBeNull();
  expect(await object.storage.getAlarm()).toBeLessThanOrEqual(Date.now());
});

test("accepts_one_of_several_submissions_that_waited_for_one_that_found_no_place", async () => {
  const { promise: first, resolve } = Promise.withResolvers<Admission>();
  const { task } = new TaskObject(first);
  const submissions = [1, 2, 3].map(() => task.submit(TASK, PROMPT));
  resolve("full");
  const kinds = (await Promise.all(submissions)).map(({ kind }) => kind);
  expect(kinds).toEqual(["full", "accepted", "known"]);
});

test("keeps_the_task_that_was_accepted_after_a_failure_from_another_body", async () => {
  const { promise: first, reject } = Promise.withResolvers<Admission>();
  const { task } = new TaskObject(first);
  const failing = task.submit(TASK, PROMPT);
  const waiting = [
    task.submit(TASK, PROMPT),
    task.submit({ ...TASK, fingerprint: "another" }, "another prompt"),
  ];
  reject(new Error("scripted: the queue is gone"));
  await expect(failing).rejects.toThrow("the queue is gone");
  expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(["accepted", "key_reused"]);
});

test("runs_again_for_a_key_that_comes_after_its_task_has_expired", async () => {
  const object = await accepted();
  await object.ended();
  vi.useFakeTimers({ now: Date.now() + 31 * 24 * 60 * 60 * 1000, toFake: ["Date"] });
  object.deploy();
  await object.alarm();
  expect([object.storage.isEmpty, object.bucket.objects.size]).toEqual([true, 0]);
  const again = await object.task.submit({ ...TASK, createdAtMs: Date.now() }, "another prompt");
  expect([again.kind, await object.ended()]).toEqual(["accepted", "succeeded"]);
  expect(object.bucket.objects.get(RESULT_KEY)).toContain("answer to another prompt");
  expect(logged("result_conflict")).toBe(false);
  vi.useRealTimers();
});

test("logs_that_another_result_stands_where_its_own_should", async () => {
  const object = await accepted();
  object.bucket.objects.set(RESULT_KEY, "{}");
  await object.ended();
  expect(logged("result_conflict")).toBe(true);
});

test("logs_with_each_phase_how_often_its_run_was_tried_to_start", async () => {
  const object = await accepted();
  await object.ended();
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  const phases = lines.filter(({ event }) => event === "task_phase");
  const seen = phases.map(({ phase, attempts }) => [phase, attempts]);
  expect(seen).toEqual([
    ["starting", 0],
    ["running", 1],
    ["storing", 1],
    ["cleaning", 1],
    ["ended", 1],
  ]);
});

test("destroys_a_late_container_before_it_is_deleted", async () => {
  const object = await accepted();
  await object.ended();
  await object.sandbox.writeFile("late", "call");
  expect(await object.task.delete(TASK.owner)).toBe("deleted");
  expect(object.sandbox.isEmpty).toBe(true);
});

test("stays_deleted_where_an_alarm_was_under_way_that_fails", async () => {
  const object = await accepted();
  await object.ended();
  const begun = Promise.withResolvers<void>();
  const destroyed = Promise.withResolvers<void>();
  object.sandbox.leave = async () => {
    begun.resolve();
    await destroyed.promise;
  };
  const alarm = object.alarm();
  await begun.promise;
  const deletions = [object.task.delete(TASK.owner), object.task.delete(TASK.owner)];
  object.sandbox.leave = async () => undefined;
  destroyed.reject(new Error("scripted: not destroyed"));
  await alarm;
  expect(await Promise.all(deletions)).toEqual(["deleted", "deleted"]);
  expect(object.storage.isEmpty).toBe(true);
});

test("runs_a_later_task_of_its_key_with_that_tasks_time", async () => {
  const object = await accepted();
  await object.ended();
  await object.task.delete(TASK.owner);
  await object.task.submit({ ...TASK, timeoutMs: 120_000 }, PROMPT);
  await object.ended();
  const seconds = SandboxDouble.environments.map((environment) => environment["CLAUDE_TASK_TIMEOUT_SECONDS"]);
  expect(seconds.slice(-2)).toEqual(["75", "135"]);
});
