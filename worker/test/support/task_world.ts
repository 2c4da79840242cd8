/** All that outlives the process that drives one task: its rows, its alarm, its sandbox, the bucket, its slot, the time. */

import type { StoredResult } from "../../src/results.ts";
import type { RunFile } from "../../src/runner.ts";
import { hasEnded, type NewTask, type TaskRecord } from "../../src/task_record.ts";
import type { SandboxScript } from "./sandbox_script.ts";

export const TASK: NewTask = {
  taskId: "a1b2c3d4-e5f6-4890-abcd-ef1234567890",
  owner: "default",
  timeoutMs: 60_000,
  promptSha256: "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5",
  promptBytes: 6,
  fingerprint: "f".repeat(64),
  createdAtMs: Date.parse("2026-11-24T00:00:00Z"),
};

/** What is durable in the task's object. Replaced as a whole, for the writes of one turn are committed together. */
export interface Rows {
  record: TaskRecord | null;
  prompt: string | null;
  result: StoredResult | null;
  alarmMs: number | null;
}

/** When a process dies at one of its port calls. */
export type Moment =
  /** What it wrote in this turn is lost too. */
  | "before_commit"
  /** Its writes are durable, the call is not made. */
  | "before_effect"
  /** The call had its effect and nobody hears the answer. */
  | "after_effect"
  /** As before, and the container dies in the same moment. */
  | "with_its_container";

export interface Container {
  prompt: string | null;
  startedAtMs: number | null;
  stoppedAtMs: number | null;
}

export class TaskWorld {
  readonly script: SandboxScript;
  /** Deaths by the number of the port call, counted over all processes. */
  readonly deaths: ReadonlyMap<number, Moment>;
  nowMs = TASK.createdAtMs;
  rows: Rows = { record: null, prompt: null, result: null, alarmMs: null };
  container: Container | null = null;
  readonly files = new Map<RunFile, string>();
  /** The one result in the bucket. */
  stored: StoredResult | null = null;
  /** The task and its result are being forgotten. */
  isResultDeleted = false;
  slot: "none" | "held" | "forgotten" | { released: string } = "none";
  runs = 0;
  calls = 0;
  isCancelDue: boolean;
  readonly failuresLeft: Map<string, number>;

  constructor(script: SandboxScript, deaths: ReadonlyMap<number, Moment> = new Map()) {
    this.script = script;
    this.deaths = deaths;
    this.isCancelDue = script.cancelAfterMs !== undefined;
    this.failuresLeft = new Map(Object.entries(script.failures ?? {}));
  }

  /** Durable from here on; what the outside may see by now must be true. */
  commit(rows: Rows): void {
    const seen = this.rows.record;
    this.rows = structuredClone(rows);
    const { record, result } = this.rows;
    if (record === null || !hasEnded(record) || this.isResultDeleted) return;
    if (this.stored === null) throw new Error("terminal before its result is in the bucket");
    if (JSON.stringify(this.stored) !== JSON.stringify(result))
      throw new Error("the bucket tells another end");
    if (record.endStatus !== this.stored.status) throw new Error("the record tells another end");
    if (seen !== null && hasEnded(seen) && seen.endStatus !== record.endStatus)
      throw new Error("ended twice");
  }

  /** Counts a call of a port; tells whether the process dies at it. */
  nextDeath(): Moment | undefined {
    this.calls += 1;
    return this.deaths.get(this.calls);
  }

  /** Whether this call is one that the script lets fail. */
  fails(call: string): boolean {
    const left = this.failuresLeft.get(call) ?? 0;
    this.failuresLeft.set(call, left - 1);
    return left > 0;
  }
}
