/** What the life of a task needs of the world around it. */

import type { LogFields } from "./log.ts";
import type { Results } from "./results.ts";
import type { Runner } from "./runner.ts";
import type { TaskStore } from "./task_record.ts";

export interface Slots {
  /** Whether the task has one of the deployment's slots now. Asking again changes nothing. */
  acquire(taskId: string, owner: string, createdAtMs: number): Promise<boolean>;
  release(taskId: string, status: string): Promise<void>;
  forget(taskId: string): Promise<void>;
}

export interface TaskPorts {
  store: TaskStore;
  runner: Runner;
  results: Results;
  slots: Slots;
  now: () => number;
  log: (event: string, fields: LogFields) => void;
  /** Called after each change of phase. What is told of it leaves this object only once it is durable. */
  onPhase: () => void;
  maxInlineOutputBytes: number;
  retentionMs: number;
}
