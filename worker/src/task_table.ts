/** The queue's rows: one per task, in the order of their arrival. */

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

export class TaskTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS tasks (
      position INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT UNIQUE NOT NULL, owner TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL, status TEXT NOT NULL, checked_at_ms INTEGER NOT NULL)`);
    sql.exec("CREATE INDEX IF NOT EXISTS tasks_of_owner ON tasks (owner, position DESC)");
    sql.exec("CREATE INDEX IF NOT EXISTS tasks_by_status ON tasks (status, position)");
  }

  /** Appends the task as queued; one that is there keeps its place. */
  add(taskId: string, owner: string, createdAtMs: number, nowMs: number): void {
    this.#sql.exec(
      `INSERT INTO tasks (task_id, owner, created_at_ms, status, checked_at_ms) VALUES (?, ?, ?, 'queued', ?)
       ON CONFLICT (task_id) DO NOTHING`,
      taskId,
      owner,
      createdAtMs,
      nowMs,
    );
  }

  remove(taskId: string): void {
    this.#sql.exec("DELETE FROM tasks WHERE task_id = ?", taskId);
  }

  statusOf(taskId: string): string | undefined {
    return this.#sql
      .exec<{ status: string }>("SELECT status FROM tasks WHERE task_id = ?", taskId)
      .toArray()[0]?.status;
  }

  setStatus(taskId: string, status: string, nowMs: number): void {
    const change = "UPDATE tasks SET status = ?, checked_at_ms = ? WHERE task_id = ?";
    this.#sql.exec(change, status, nowMs, taskId);
  }

  /** Notes that the task was asked how it stands. */
  setChecked(taskId: string, nowMs: number): void {
    this.#sql.exec("UPDATE tasks SET checked_at_ms = ? WHERE task_id = ?", nowMs, taskId);
  }

  count(status: string): number {
    return this.#sql
      .exec<{ count: number }>("SELECT count(*) AS count FROM tasks WHERE status = ?", status)
      .one().count;
  }

  firstQueued(count: number): string[] {
    return this.#ids("SELECT task_id FROM tasks WHERE status = 'queued' ORDER BY position LIMIT ?", count);
  }

  /** Tasks that have not ended, as far as was heard, and that nobody has heard of since. */
  unheardSince(timeMs: number): string[] {
    return this.#ids(
      "SELECT task_id FROM tasks WHERE status IN ('queued', 'running') AND checked_at_ms < ?",
      timeMs,
    );
  }

  /** A client's tasks, newest first. */
  page(owner: string, status: string | null, limit: number, cursor: string | null): TaskPage {
    const rows = this.#sql
      .exec<{ position: number; taskId: string; status: string; createdAtMs: number }>(
        `SELECT position, task_id AS taskId, status, created_at_ms AS createdAtMs FROM tasks
         WHERE owner = ? AND position < ? AND (? IS NULL OR status = ?) ORDER BY position DESC LIMIT ?`,
        owner,
        cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor),
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

  #ids(query: string, parameter: number): string[] {
    return this.#sql
      .exec<{ task_id: string }>(query, parameter)
      .toArray()
      .map((row) => row.task_id);
  }
}
