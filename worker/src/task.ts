/** The Durable Object of one task: its lifecycle, driven by alarms, asked and told by its client and the queue. */

import { DurableObject } from "cloudflare:workers";
import { doOrRetry } from "./alarm.ts";
import type { Bindings } from "./bindings.ts";
import { deployedPorts } from "./deployed_ports.ts";
import { Lifecycle } from "./lifecycle.ts";
import { errorText, logEvent } from "./log.ts";
import { QUEUE_NAME } from "./queue.ts";
import { hasEnded, type NewTask, type PublicStatus, publicStatus, type TaskRecord } from "./task_record.ts";
import { TaskStorage } from "./task_storage.ts";
import { type TaskView, viewOf } from "./task_view.ts";
import { Turns } from "./turns.ts";
import { Watchers } from "./watchers.ts";

/** What the end of a container normally takes, and much more than it. */
const CLEANING_MS = 30_000;

export type Submission =
  | { kind: "accepted"; view: TaskView }
  /** The same key and body came before. */
  | { kind: "known"; view: TaskView }
  | { kind: "key_reused" }
  | { kind: "full" };

export class Task extends DurableObject<Bindings> {
  readonly #storage: TaskStorage;
  #lifecycle: Lifecycle | undefined;
  readonly #submissions = new Turns();
  /** Alarms, and what must not happen during one. */
  readonly #alarms = new Turns();
  readonly #watchers = new Watchers();

  constructor(state: DurableObjectState, env: Bindings) {
    super(state, env);
    this.#storage = new TaskStorage(state.storage);
  }

  /** Persists the task, or finds it there. Calls at the same time with one key get one task. */
  submit(task: NewTask, prompt: string): Promise<Submission> {
    return this.#submissions.take(() => this.#accept(task, prompt));
  }

  async #accept(task: NewTask, prompt: string): Promise<Submission> {
    const record = this.#record();
    if (record !== null) return known(record, task);
    const queue = this.env.TASK_QUEUE.getByName(QUEUE_NAME);
    const admission = await queue.admit(task.taskId, task.owner, task.createdAtMs);
    if (admission === "full") return { kind: "full" };
    this.#lifecycle = this.#newLifecycle(task);
    return { kind: "accepted", view: viewOf(this.#lifecycle.create(task, prompt)) };
  }

  /** The task as its owner sees it; null for everybody else, and where there is none. */
  async describe(owner: string): Promise<TaskView | null> {
    const record = this.#owned(owner);
    return record === null ? null : viewOf(record);
  }

  /** Waits for the end, at most so long; tells how the task stands then. */
  async awaitEnd(owner: string, timeoutMs: number): Promise<TaskView | null> {
    return this.#awaitUntil(owner, timeoutMs, hasEnded);
  }

  /** Waits until its status is another one, at most so long; tells how the task stands then. */
  async awaitChange(owner: string, status: PublicStatus, timeoutMs: number): Promise<TaskView | null> {
    return this.#awaitUntil(owner, timeoutMs, (record) => publicStatus(record) !== status);
  }

  async cancel(owner: string): Promise<TaskView | null> {
    const record = this.#owned(owner);
    if (record === null) return null;
    const stopping = this.#lifecycleOf(record).cancel();
    this.ctx.waitUntil(stopping.catch((thrown) => logEvent("stop_failed", { error: errorText(thrown) })));
    return viewOf(record);
  }

  /** Forgets an ended task and its result, once its container is gone. "running" where it has not ended. */
  async delete(owner: string): Promise<"deleted" | "running" | "unknown"> {
    if (this.#record()?.phase === "cleaning")
      await this.#awaitUntil(owner, CLEANING_MS, ({ phase }) => phase === "ended");
    const record = this.#owned(owner);
    if (record === null) return "unknown";
    if (record.phase !== "ended") return "running";
    await this.#alarms.take(() => this.#lifecycleOf(record).forget());
    return "deleted";
  }

  /** For the queue: a slot is this task's now. */
  async wake(): Promise<void> {
    const record = this.#record();
    if (record !== null) this.#lifecycleOf(record).wake();
  }

  /**
   * For the queue: the status of an ended task, null while it goes on, "unknown" where it never came to be. One that
   * goes on and has lost its alarm gets it back.
   */
  async endStatus(): Promise<PublicStatus | "unknown" | null> {
    const record = this.#record();
    if (record === null) return "unknown";
    if (record.phase === "ended") return publicStatus(record);
    if ((await this.ctx.storage.getAlarm()) === null) this.#storage.setAlarm(Date.now());
    return null;
  }

  override alarm(): Promise<void> {
    return this.#alarms.take(() => doOrRetry(this.ctx.storage, () => this.#advance()));
  }

  async #advance(): Promise<void> {
    const record = this.#record();
    if (record !== null) await this.#lifecycleOf(record).advance();
  }

  #record(): TaskRecord | null {
    return this.#lifecycle === undefined ? this.#storage.load() : this.#lifecycle.record;
  }

  #owned(owner: string): TaskRecord | null {
    const record = this.#record();
    return record?.owner === owner ? record : null;
  }

  async #awaitUntil(
    owner: string,
    timeoutMs: number,
    holds: (record: TaskRecord) => boolean,
  ): Promise<TaskView | null> {
    const deadlineMs = Date.now() + timeoutMs;
    for (let record = this.#owned(owner); record !== null && !holds(record); record = this.#owned(owner)) {
      const remainingMs = deadlineMs - Date.now();
      if (remainingMs <= 0) break;
      await this.#watchers.wait(remainingMs);
    }
    return this.describe(owner);
  }

  #lifecycleOf(record: TaskRecord): Lifecycle {
    this.#lifecycle ??= this.#newLifecycle(record);
    return this.#lifecycle;
  }

  #newLifecycle(task: NewTask): Lifecycle {
    const own = { store: this.#storage, onPhase: () => this.#watchers.tell() };
    return new Lifecycle({ ...deployedPorts(this.env, task), ...own });
  }
}

function known(record: TaskRecord, task: NewTask): Submission {
  const isSame = record.owner === task.owner && record.fingerprint === task.fingerprint;
  return isSame ? { kind: "known", view: viewOf(record) } : { kind: "key_reused" };
}
