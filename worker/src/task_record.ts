/** What a task remembers between two of its steps. Everything in here is durable before anything acts on it. */

import type { EndStatus } from "./outcome.ts";
import type { StoredResult } from "./results.ts";

/**
 * The internal phases. `starting` and `running` are the sandbox's; `storing` holds a decided result that is not in R2
 * yet; `cleaning` is terminal to the outside, with a container to destroy and a slot to give back.
 */
export type Phase = "queued" | "starting" | "running" | "storing" | "cleaning" | "ended";

export interface TaskRecord {
  taskId: string;
  /** Name of the client that the task belongs to. */
  owner: string;
  phase: Phase;
  /** How many sandboxes were prepared for it; the run itself starts at most once. */
  attempts: number;
  timeoutMs: number;
  promptSha256: string;
  promptBytes: number;
  /** SHA-256 of the canonical request body; a key that is used again must come with the same one. */
  fingerprint: string;
  createdAtMs: number;
  /** When the run was started, or might have been. */
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** Written before the start call: from here on a lost sandbox means `interrupted`, never a second run. */
  mayHaveStarted: boolean;
  isCancelRequested: boolean;
  hasStoredFiles: boolean;
  /** Failures in a row in this phase. */
  failures: number;
  endStatus: EndStatus | null;
}

export type NewTask = Pick<
  TaskRecord,
  "taskId" | "owner" | "timeoutMs" | "promptSha256" | "promptBytes" | "fingerprint" | "createdAtMs"
>;

export function newRecord(task: NewTask): TaskRecord {
  return {
    ...task,
    phase: "queued",
    attempts: 0,
    startedAtMs: null,
    endedAtMs: null,
    mayHaveStarted: false,
    isCancelRequested: false,
    hasStoredFiles: false,
    failures: 0,
    endStatus: null,
  };
}

export type PublicStatus = "queued" | "running" | EndStatus;

/** Running is whatever holds a slot; a result that is not stored yet is not an answer yet. */
export function publicStatus(record: TaskRecord): PublicStatus {
  if (hasEnded(record)) return record.endStatus ?? "interrupted";
  return record.phase === "queued" ? "queued" : "running";
}

export function hasEnded(record: TaskRecord): boolean {
  return record.phase === "cleaning" || record.phase === "ended";
}

/** One task's durable memory. Writes of one turn are committed together; nothing leaves before they are. */
export interface TaskStore {
  load(): TaskRecord | null;
  save(record: TaskRecord): void;
  loadPrompt(): string;
  savePrompt(prompt: string): void;
  deletePrompt(): void;
  loadResult(): StoredResult;
  saveResult(result: StoredResult): void;
  /** Replaces the alarm that is set; a time that has passed means at once. */
  setAlarm(atMs: number): void;
  /** Forgets the task. */
  clear(): void;
}
