import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { TaskQueue } from "../src/queue.ts";
import { ObjectStorage } from "./support/object_storage.ts";
import { SETTINGS } from "./support/settings.ts";

const SLOTS = 3;
const MAX_QUEUED = 4;

/** The queue with tasks that remember whether they were woken. */
class Deployment {
  readonly storage = new ObjectStorage(() => undefined);
  readonly woken: string[] = [];
  readonly asked: string[] = [];
  /** How each task says that it stands, where it is asked; an error where it can't be reached. */
  readonly ends = new Map<string, string | null | Error>();
  queue = this.#made(SLOTS);

  /** The object's memory is lost, its rows are not; a new deployment may have another number of slots. */
  restart(slots = SLOTS): void {
    this.queue = this.#made(slots);
  }

  async submit(taskId: string): Promise<string> {
    const admission = await this.queue.admit(taskId, "owner", Date.now());
    if (admission === "admitted") this.ends.set(taskId, null);
    return admission;
  }

  acquire(taskId: string): Promise<boolean> {
    return this.queue.acquire(taskId, "owner", Date.now());
  }

  async running(): Promise<string[]> {
    return (await this.queue.list("owner", "running", 100, null)).tasks.map(({ taskId }) => taskId);
  }

  #endOf(taskId: string): string | null {
    this.asked.push(taskId);
    const end = this.ends.has(taskId) ? this.ends.get(taskId) : "unknown";
    if (end instanceof Error) throw end;
    return end ?? null;
  }

  #made(slots: number): TaskQueue {
    const limits = { ...SETTINGS.limits, maxQueuedTasks: MAX_QUEUED };
    const task = (taskId: string) => ({
      wake: async () => void this.woken.push(taskId),
      endStatus: async () => this.#endOf(taskId),
    });
    const bindings = {
      SETTINGS: JSON.stringify({ ...SETTINGS, limits, container: { maxInstances: slots } }),
      TASK: { getByName: task },
    };
    return new TaskQueue({ storage: this.storage } as never, bindings as never);
  }
}

async function filled(count: number): Promise<Deployment> {
  const deployment = new Deployment();
  for (let number = 0; number < count; number += 1) await deployment.submit(`task-${number}`);
  return deployment;
}

test("takes_as_many_as_may_run_and_wait_and_no_more", async () => {
  const deployment = await filled(SLOTS + MAX_QUEUED);
  expect(await deployment.submit("one-more")).toBe("full");
});

test("never_runs_more_than_its_slots_whatever_is_called_in_whatever_order", async () => {
  const names = fc.constantFrom(...Array.from({ length: 9 }, (_, number) => `task-${number}`));
  const calls = fc.array(
    fc.tuple(fc.constantFrom("submit", "acquire", "release", "forget", "restart"), names),
  );
  await fc.assert(
    fc.asyncProperty(calls, async (sequence) => {
      const deployment = new Deployment();
      for (const [call, taskId] of sequence) {
        if (call === "submit") await deployment.submit(taskId);
        if (call === "acquire") await deployment.acquire(taskId);
        if (call === "release") await deployment.queue.release(taskId, "succeeded");
        if (call === "forget") await deployment.queue.forget(taskId);
        if (call === "restart") deployment.restart();
        expect((await deployment.running()).length).toBeLessThanOrEqual(SLOTS);
      }
    }),
  );
});

test("gives_slots_in_the_order_of_arrival", async () => {
  const deployment = await filled(SLOTS + 2);
  expect(await deployment.acquire(`task-${SLOTS}`)).toBe(false);
  for (let number = 0; number < SLOTS; number += 1)
    expect(await deployment.acquire(`task-${number}`)).toBe(true);
  await deployment.queue.release("task-0", "succeeded");
  expect(deployment.woken).toEqual([`task-${SLOTS}`]);
  expect(await deployment.acquire(`task-${SLOTS}`)).toBe(true);
});

test("gives_a_task_that_asks_again_the_slot_that_it_has", async () => {
  const deployment = await filled(1);
  expect([await deployment.acquire("task-0"), await deployment.acquire("task-0")]).toEqual([true, true]);
  expect(await deployment.running()).toEqual(["task-0"]);
});

test("remembers_its_slots_over_a_restart", async () => {
  const deployment = await filled(SLOTS + 1);
  for (let number = 0; number < SLOTS; number += 1) await deployment.acquire(`task-${number}`);
  deployment.restart();
  expect(await deployment.acquire(`task-${SLOTS}`)).toBe(false);
});

test("gives_no_slot_while_more_run_than_a_new_deployment_allows", async () => {
  const deployment = await filled(SLOTS + 1);
  for (let number = 0; number < SLOTS; number += 1) await deployment.acquire(`task-${number}`);
  deployment.restart(1);
  expect(await deployment.acquire(`task-${SLOTS}`)).toBe(false);
  await deployment.queue.release("task-0", "succeeded");
  expect(deployment.woken).toEqual([]);
});

test("gives_a_slot_to_a_task_whose_row_is_lost", async () => {
  const deployment = await filled(0);
  expect(await deployment.acquire("task-0")).toBe(true);
  expect(await deployment.running()).toEqual(["task-0"]);
});

test("arms_one_alarm_to_ask_the_tasks_that_it_has_not_heard_of", async () => {
  const deployment = await filled(2);
  const alarmMs = await deployment.storage.getAlarm();
  expect(alarmMs).toBeGreaterThan(Date.now());
  await later(1_000, () => deployment.submit("third"));
  expect(await deployment.storage.getAlarm()).toBe(alarmMs);
});

test.each([1, 2 * SLOTS])("keeps_its_alarm_while_%i_tasks_are_open", async (count) => {
  const deployment = await filled(count);
  deployment.storage.takeAlarm();
  await deployment.queue.alarm();
  expect(await deployment.storage.getAlarm()).toBeGreaterThan(Date.now());
});

test("keeps_its_alarm_where_its_settings_can_not_be_read", async () => {
  const deployment = await filled(1);
  deployment.storage.takeAlarm();
  deployment.restart(0);
  await deployment.queue.alarm();
  expect(await deployment.storage.getAlarm()).toBeGreaterThan(Date.now());
});

test("keeps_no_alarm_once_no_task_is_open", async () => {
  const deployment = await filled(1);
  await deployment.queue.release("task-0", "succeeded");
  deployment.storage.takeAlarm();
  await deployment.queue.alarm();
  expect(await deployment.storage.getAlarm()).toBeNull();
});

async function later(milliseconds: number, work: () => Promise<unknown>): Promise<void> {
  vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ["Date"] });
  await work();
  vi.useRealTimers();
}

/** The alarm, as long after now as it takes for a task to be asked. */
function reconcile(deployment: Deployment): Promise<void> {
  return later(2 * 60_000, () => deployment.queue.alarm());
}

test("asks_no_task_that_it_has_just_heard_of", async () => {
  const deployment = await filled(1);
  await deployment.queue.alarm();
  expect(deployment.asked).toEqual([]);
});

test("asks_a_task_that_goes_on_once_a_minute_and_leaves_it_its_slot", async () => {
  const deployment = await filled(1);
  await deployment.acquire("task-0");
  await reconcile(deployment);
  await reconcile(deployment);
  expect([deployment.asked, await deployment.running()]).toEqual([["task-0"], ["task-0"]]);
});

test("asks_the_others_where_one_task_can_not_be_reached_and_keeps_its_slot", async () => {
  const log = vi.spyOn(console, "log").mockReturnValue();
  const deployment = await filled(2);
  for (const taskId of ["task-0", "task-1"]) await deployment.acquire(taskId);
  deployment.ends.set("task-0", new Error("scripted: unreachable")).set("task-1", "failed");
  await reconcile(deployment);
  expect(await deployment.running()).toEqual(["task-0"]);
  const line = { event: "reconciliation_failed", taskId: "task-0", error: "Error: scripted: unreachable" };
  expect(JSON.parse(String(log.mock.lastCall?.[0]))).toEqual(line);
  log.mockRestore();
});

test("gives_the_slot_of_a_task_that_ended_unheard_to_the_next", async () => {
  const deployment = await filled(SLOTS + 1);
  for (let number = 0; number < SLOTS; number += 1) await deployment.acquire(`task-${number}`);
  deployment.ends.set("task-1", "failed");
  await reconcile(deployment);
  expect(deployment.woken).toEqual([`task-${SLOTS}`]);
  expect((await deployment.running()).sort()).toEqual(["task-0", "task-2", "task-3"]);
});

test("forgets_a_task_that_was_admitted_and_never_came_to_be", async () => {
  const deployment = await filled(1);
  deployment.ends.delete("task-0");
  await reconcile(deployment);
  expect((await deployment.queue.list("owner", null, 10, null)).tasks).toEqual([]);
});
