/** One task on its way: its record and its ports, and the two writes that move it on. */

import type { LogFields } from "./log.ts";
import { noOutput, type Outcome } from "./outcome.ts";
import type { StoredResult } from "./results.ts";
import type { TaskPorts } from "./task_ports.ts";
import type { Phase, TaskRecord } from "./task_record.ts";

/** A step's answer: milliseconds until the next one, 0 for at once, null for never. */
export type Delay = number | null;

/** Failures in a row after which a phase gives up what it can't do. A result is never given up. */
export const MAX_FAILURES = 5;

export class Progress {
  readonly record: TaskRecord;
  readonly ports: TaskPorts;

  constructor(record: TaskRecord, ports: TaskPorts) {
    this.record = record;
    this.ports = ports;
  }

  get hasFailedTooOften(): boolean {
    return this.record.failures >= MAX_FAILURES;
  }

  /** Time that the run has left; not above 0 once it is up. */
  get remainingMs(): number {
    return (this.record.startedAtMs ?? 0) + this.record.timeoutMs - this.ports.now();
  }

  save(): void {
    this.ports.store.save(this.record);
  }

  enter(phase: Phase): 0 {
    this.record.phase = phase;
    this.record.failures = 0;
    this.save();
    this.log("task_phase", { phase, attempts: this.record.attempts });
    this.ports.onPhase();
    return 0;
  }

  /** From here on the result is durable in this object, and only ever this one result. */
  decide(outcome: Outcome): 0 {
    const { record } = this;
    record.endedAtMs = this.ports.now();
    record.endStatus = outcome.status;
    record.hasStoredFiles = !record.mayHaveStarted || outcome.code === "SANDBOX_LOST";
    this.ports.store.saveResult(storedResult(record, outcome));
    return this.enter("storing");
  }

  cancelled(): 0 {
    return this.decide(noOutput("cancelled", "CANCELLED"));
  }

  log(event: string, fields: LogFields): void {
    const { taskId, owner: client } = this.record;
    this.ports.log(event, { taskId, client, ...fields });
  }
}

function storedResult(record: TaskRecord, outcome: Outcome): StoredResult {
  const endedAtMs = record.endedAtMs ?? 0;
  return {
    taskId: record.taskId,
    success: outcome.status === "succeeded",
    stdout: outcome.stdout,
    stderr: outcome.stderr,
    output: outcome.stdout || outcome.stderr,
    timestamp: new Date(endedAtMs).toISOString(),
    status: outcome.status,
    code: outcome.code,
    truncated: outcome.isTruncated,
    // The clock may have been set back meanwhile.
    execution_time_ms: Math.max(0, endedAtMs - (record.startedAtMs ?? endedAtMs)),
    cost_usd: outcome.costUsd,
    num_turns: outcome.turns,
    permission_denials: outcome.permissionDenials,
    session_id: outcome.sessionId,
    attempts: record.attempts,
  };
}
