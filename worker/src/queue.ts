/**
 * The deployment's one queue: who may run now, who waits, and which tasks a client has. A Durable Object, so that the
 * count of running sandboxes is right whatever dies.
 */

import { DurableObject } from "cloudflare:workers";
import { doOrRetry } from "./alarm.ts";
import type { Bindings } from "./bindings.ts";
import { errorText, logEvent } from "./log.ts";
import { RateLimit, type RateState } from "./rate_limit.ts";
import { readSettings } from "./settings.ts";
import { type TaskPage, TaskTable } from "./task_table.ts";

/** Rows whose task never came to be, or ended unheard, are found within two of these. */
const RECONCILE_MS = 60_000;

/** The deployment has one queue, under this name. */
export const QUEUE_NAME = "queue";

export type Admission = "admitted" | "full";

export class TaskQueue extends DurableObject<Bindings> {
  readonly #tasks: TaskTable;
  /** Kept in memory only: an object that has been idle for so long that it is gone had no flood to count. */
  readonly #rates = new RateLimit();

  constructor(state: DurableObjectState, env: Bindings) {
    super(state, env);
    this.#tasks = new TaskTable(state.storage.sql);
  }

  /** Counts a client's request for a task. */
  async countRequest(owner: string): Promise<RateState> {
    return this.#rates.take(owner, readSettings(this.env).limits.maxRequestsPerMinute, Date.now());
  }

  /** Takes a place for a new task, or refuses it because as many wait as may wait. */
  async admit(taskId: string, owner: string, createdAtMs: number): Promise<Admission> {
    const { maxQueuedTasks } = readSettings(this.env).limits;
    if (this.#tasks.count("queued") >= maxQueuedTasks + Math.max(0, this.#freeSlots())) return "full";
    this.#tasks.add(taskId, owner, createdAtMs, Date.now());
    await this.#armReconciliation();
    return "admitted";
  }

  /** Whether the task may run now. A free slot goes to the one that has waited longest. */
  async acquire(taskId: string, owner: string, createdAtMs: number): Promise<boolean> {
    this.#tasks.add(taskId, owner, createdAtMs, Date.now());
    if (this.#tasks.statusOf(taskId) === "running") return true;
    const free = this.#freeSlots();
    if (free <= 0 || !this.#tasks.firstQueued(free).includes(taskId)) return false;
    this.#tasks.setStatus(taskId, "running", Date.now());
    return true;
  }

  /** The task has ended with this status: its slot goes to the next one, which is told. */
  async release(taskId: string, status: string): Promise<void> {
    this.#tasks.setStatus(taskId, status, Date.now());
    await this.#grantFreeSlots();
  }

  async forget(taskId: string): Promise<void> {
    this.#tasks.remove(taskId);
  }

  /** A client's tasks, newest first. */
  async list(owner: string, status: string | null, limit: number, cursor: string | null): Promise<TaskPage> {
    return this.#tasks.page(owner, status, limit, cursor);
  }

  /** Asks every task that was not heard of for a while how it stands. */
  override alarm(): Promise<void> {
    return doOrRetry(this.ctx.storage, async () => {
      for (const taskId of this.#tasks.unheardSince(Date.now() - RECONCILE_MS)) await this.#reconcile(taskId);
      await this.#grantFreeSlots();
      if (this.#tasks.count("queued") + this.#tasks.count("running") > 0) await this.#armReconciliation();
    });
  }

  async #reconcile(taskId: string): Promise<void> {
    try {
      const endStatus = await this.env.TASK.getByName(taskId).endStatus();
      if (endStatus === "unknown") this.#tasks.remove(taskId);
      else if (endStatus !== null) this.#tasks.setStatus(taskId, endStatus, Date.now());
      this.#tasks.setChecked(taskId, Date.now());
    } catch (thrown) {
      logEvent("reconciliation_failed", { taskId, error: errorText(thrown) });
    }
  }

  /** A task that can't be woken asks again by itself; its slot is kept for it. */
  async #grantFreeSlots(): Promise<void> {
    const free = this.#freeSlots();
    if (free <= 0) return;
    await Promise.allSettled(
      this.#tasks.firstQueued(free).map((taskId) => {
        this.#tasks.setStatus(taskId, "running", Date.now());
        return this.env.TASK.getByName(taskId).wake();
      }),
    );
  }

  async #armReconciliation(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + RECONCILE_MS);
  }

  #freeSlots(): number {
    return readSettings(this.env).container.maxInstances - this.#tasks.count("running");
  }
}
