/** What a task tells to the client that owns it. */

import { hasEnded, type PublicStatus, publicStatus, type TaskRecord } from "./task_record.ts";

export interface TaskView {
  taskId: string;
  status: PublicStatus;
  hasEnded: boolean;
  attempts: number;
  timeoutMs: number;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
}

export function viewOf(record: TaskRecord): TaskView {
  const { taskId, attempts, timeoutMs, createdAtMs, startedAtMs, endedAtMs } = record;
  const isOver = hasEnded(record);
  return {
    taskId,
    attempts,
    timeoutMs,
    createdAtMs,
    startedAtMs,
    status: publicStatus(record),
    hasEnded: isOver,
    endedAtMs: isOver ? endedAtMs : null,
  };
}
