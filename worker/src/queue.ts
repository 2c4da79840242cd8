/**
 * The deployment's one queue: who may run now, who waits, and which tasks a client has. A Durable Object, so that the
 * count of running sandboxes is right whatever dies.
 */

import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "./bindings.ts";
import { errorText, logEvent } from "./log.ts";
import { readSettings } from "./settings.ts";

/** Rows whose task never came to be, or ended unheard, are found within two of these. */
const RECONCILE_MS = 60_000;

/** The deployment has one queue, under this name. */
export const QUEUE_NAME = "queue";

export type Admission = "admitted" | "full";

export interface TaskRow {
  taskId: string;
  status: string;
  createdAtMs: number;
}

export interface TaskPage {
  tasks: TaskRow[];
  /** Give it back to get the next page; null at the end. */
  cursor: string | null;
}

export class TaskQueue extends DurableObject<Bindings> {
  readonly #sql: SqlStorage;

  constructor(state: DurableObjectState, env: Bindings) {
    super(state, env);
    this.#sql = state.storage.sql;
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS tasks (
      position INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT UNIQUE NOT NULL, owner TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL, status TEXT NOT NULL, checked_at_ms INTEGER NOT NULL)`);
    this.#sql.exec("CREATE INDEX IF NOT EXISTS tasks_of_owner ON tasks (owner, position DESC)");
    this.#sql.exec("CREATE INDEX IF NOT EXISTS tasks_by_status ON tasks (status, position)");
  }

  /** Takes a place for a new task, or refuses it because as many wait as may wait. */
  async admit(taskId: string, owner: string, createdAtMs: number): Promise<Admission> {
    const { limits, container } = readSettings(this.env);
    const free = container.maxInstances - this.#count("running");
    if (this.#count("queued") >= limits.maxQueuedTasks + Math.max(0, free)) return "full";
    this.#insert(taskId, owner, createdAtMs);
    await this.#armReconciliation();
    return "admitted";
  }

  /** Whether the task may run now. A free slot goes to the one that has waited longest. */
  async acquire(taskId: string, owner: string, createdAtMs: number): Promise<boolean> {
    this.#insert(taskId, owner, createdAtMs);
    if (this.#statusOf(taskId) === "running") return true;
    const free = this.#freeSlots();
    if (free <= 0 || !this.#firstWaiting(free).includes(taskId)) return false;
    this.#setStatus(taskId, "running");
    return true;
  }

  /** The task has ended with this status: its slot goes to the next one, which is told. */
  async release(taskId: string, status: string): Promise<void> {
    this.#setStatus(taskId, status);
    await this.#grantFreeSlots();
  }

  async forget(taskId: string): Promise<void> {
    this.#sql.exec("DELETE FROM tasks WHERE task_id = ?", taskId);
  }

  /** A client's tasks, newest first. */
  async list(owner: string, status: string | null, limit: number, cursor: string | null): Promise<TaskPage> {
    const before = cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor);
    const rows = this.#sql
      .exec<{ position: number; taskId: string; status: string; createdAtMs: number }>(
        `SELECT position, task_id AS taskId, status, created_at_ms AS createdAtMs FROM tasks
         WHERE owner = ? AND position < ? AND (? IS NULL OR status = ?) ORDER BY position DESC LIMIT ?`,
        owner,
        before,
        status,
        status,
        limit + 1,
      )
      .toArray();
    const page = rows.slice(0, limit);
    return {
      tasks: page.map(({ taskId, status, createdAtMs }) => ({ taskId, status, createdAtMs })),
      cursor: rows.length > limit ? String(page.at(-1)?.position) : null,
    };
  }

  /** Asks every task that was not heard of for a while how it stands. */
  override async alarm(): Promise<void> {
    const since = Date.now() - RECONCILE_MS;
    const open = this.#sql
      .exec<{ task_id: string }>(
        "SELECT task_id FROM tasks WHERE status IN ('queued', 'running') AND checked_at_ms < ?",
        since,
      )
      .toArray();
    for (const { task_id: taskId } of open) await this.#reconcile(taskId);
    await this.#grantFreeSlots();
    if (this.#count("queued") + this.#count("running") > 0) await this.#armReconciliation();
  }

  async #reconcile(taskId: string): Promise<void> {
    try {
      const endStatus = await this.env.TASK.getByName(taskId).endStatus();
      if (endStatus === "unknown") await this.forget(taskId);
      else if (endStatus !== null) this.#setStatus(taskId, endStatus);
      this.#sql.exec("UPDATE tasks SET checked_at_ms = ? WHERE task_id = ?", Date.now(), taskId);
    } catch (thrown) {
      logEvent("reconciliation_failed", { taskId, error: errorText(thrown) });
    }
  }

  /** A task that can't be woken asks again by itself; its slot is kept for it. */
  async #grantFreeSlots(): Promise<void> {
    const free = this.#freeSlots();
    if (free <= 0) return;
    await Promise.allSettled(
      this.#firstWaiting(free).map((taskId) => {
        this.#setStatus(taskId, "running");
        return this.env.TASK.getByName(taskId).wake();
      }),
    );
  }

  async #armReconciliation(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + RECONCILE_MS);
  }

  #insert(taskId: string, owner: string, createdAtMs: number): void {
    this.#sql.exec(
      `INSERT INTO tasks (task_id, owner, created_at_ms, status, checked_at_ms) VALUES (?, ?, ?, 'queued', ?)
       ON CONFLICT (task_id) DO NOTHING`,
      taskId,
      owner,
      createdAtMs,
      Date.now(),
    );
  }

  #freeSlots(): number {
    return readSettings(this.env).container.maxInstances - this.#count("running");
  }

  #firstWaiting(count: number): string[] {
    return this.#sql
      .exec<{ task_id: string }>(
        "SELECT task_id FROM tasks WHERE status = 'queued' ORDER BY position LIMIT ?",
        count,
      )
      .toArray()
      .map((row) => row.task_id);
  }

  #statusOf(taskId: string): string | undefined {
    return this.#sql
      .exec<{ status: string }>("SELECT status FROM tasks WHERE task_id = ?", taskId)
      .toArray()[0]?.status;
  }

  #setStatus(taskId: string, status: string): void {
    this.#sql.exec(
      "UPDATE tasks SET status = ?, checked_at_ms = ? WHERE task_id = ?",
      status,
      Date.now(),
      taskId,
    );
  }

  #count(status: string): number {
    return this.#sql
      .exec<{ count: number }>("SELECT count(*) AS count FROM tasks WHERE status = ?", status)
      .one().count;
  }
}
