/**
 * The life of one task: queued, starting, running, storing, cleaning, ended. Each step reads what is durable, does one
 * thing that may be repeated, and writes down what came of it; killed anywhere, the next alarm goes on from there.
 */

import { capped, readCapped } from "./lines.ts";
import { errorText, type LogFields } from "./log.ts";
import { answerText, type Outcome, readResultEvent, verdict } from "./outcome.ts";
import type { Results, StoredResult } from "./results.ts";
import type { Runner, RunState } from "./runner.ts";
import {
  hasEnded,
  type NewTask,
  newRecord,
  publicStatus,
  type TaskRecord,
  type TaskStore,
} from "./task_record.ts";

export interface Slots {
  /** Whether the task has one of the deployment's slots now. Asking again changes nothing. */
  acquire(taskId: string, owner: string, createdAtMs: number): Promise<boolean>;
  release(taskId: string, status: string): Promise<void>;
  forget(taskId: string): Promise<void>;
}

export interface LifecyclePorts {
  store: TaskStore;
  runner: Runner;
  results: Results;
  slots: Slots;
  now: () => number;
  log: (event: string, fields: LogFields) => void;
  /** Called once the end is durable in R2 and here. */
  onEnd: () => void;
  maxInlineOutputBytes: number;
  retentionMs: number;
}

/** A waiting task asks for itself this often; normally the queue wakes it as soon as a slot is free. */
const QUEUE_POLL_MS = 5_000;
const POLL_SECONDS = 10;
/** An alarm holds one long poll; the next one follows at once. */
const NEXT_ALARM_MS = 1;
const MAX_ATTEMPTS = 3;
/** Failures in a row after which a phase gives up what it can't do. A result is never given up. */
const MAX_FAILURES = 5;
const MAX_BACKOFF_MS = 30_000;

/** A step's answer: milliseconds until the next one, 0 for at once, null for never. */
type Delay = number | null;

export class Lifecycle {
  readonly #ports: LifecyclePorts;
  #record: TaskRecord | null;
  #isWoken = false;

  constructor(ports: LifecyclePorts) {
    this.#ports = ports;
    this.#record = ports.store.load();
  }

  get record(): TaskRecord | null {
    return this.#record;
  }

  /** Persists the task; its alarm does the rest. */
  create(task: NewTask, prompt: string): TaskRecord {
    const record = newRecord(task);
    this.#record = record;
    this.#ports.store.savePrompt(prompt);
    this.#ports.store.save(record);
    this.#ports.store.setAlarm(this.#ports.now());
    this.#log("task_accepted", {
      timeoutMs: task.timeoutMs,
      promptBytes: task.promptBytes,
      promptSha256: task.promptSha256,
    });
    return record;
  }

  /** Asks the task to end; a terminal one stays as it is. The run is stopped at once if there is one. */
  async cancel(): Promise<void> {
    const record = this.#record;
    if (record === null || hasEnded(record) || record.phase === "storing" || record.isCancelRequested) return;
    record.isCancelRequested = true;
    this.#ports.store.save(record);
    this.#log("task_cancel_requested", {});
    if (record.phase === "running") await this.#ports.runner.stop();
    else this.wake();
  }

  /** Makes the next step due now, also where one is under way that is about to wait. */
  wake(): void {
    this.#isWoken = true;
    this.#ports.store.setAlarm(this.#ports.now());
  }

  /**
   * One alarm: takes steps until one has to wait. The alarm is set anew before any work, so that it comes again if
   * this object dies in the middle.
   */
  async advance(): Promise<void> {
    const { store, now } = this.#ports;
    if (this.#record === null) return;
    store.setAlarm(now());
    let delay: Delay = 0;
    while (delay === 0 || (delay !== null && this.#isWoken)) {
      this.#isWoken = false;
      delay = await this.#stepOrBackoff(this.#record);
    }
    if (delay !== null) store.setAlarm(now() + delay);
  }

  async #stepOrBackoff(record: TaskRecord): Promise<Delay> {
    try {
      return await this.#step(record);
    } catch (thrown) {
      record.failures += 1;
      this.#log("task_step_failed", {
        phase: record.phase,
        failures: record.failures,
        error: errorText(thrown),
      });
      return this.#afterFailure(record);
    }
  }

  #step(record: TaskRecord): Promise<Delay> {
    switch (record.phase) {
      case "queued":
        return this.#queue(record);
      case "starting":
        return this.#start(record);
      case "running":
        return this.#watch(record);
      case "storing":
        return this.#store(record);
      case "cleaning":
        return this.#clean(record);
      case "ended":
        return this.#expire(record);
    }
  }

  async #afterFailure(record: TaskRecord): Promise<Delay> {
    const hasGivenUp = record.failures >= MAX_FAILURES;
    if (record.phase === "starting") {
      if (record.attempts >= MAX_ATTEMPTS)
        return this.#decide(record, without("failed", "SANDBOX_UNAVAILABLE"));
      await this.#discardSandbox();
    }
    if (record.phase === "running" && hasGivenUp)
      return this.#decide(record, without("interrupted", "SANDBOX_LOST"));
    this.#ports.store.save(record);
    return Math.min(MAX_BACKOFF_MS, 500 * 2 ** Math.min(record.failures, 10));
  }

  /** The next attempt gets a fresh container, and the pause before it lets the old one's end be heard. */
  async #discardSandbox(): Promise<void> {
    try {
      await this.#ports.runner.destroy();
    } catch (thrown) {
      this.#log("sandbox_not_discarded", { error: errorText(thrown) });
    }
  }

  async #queue(record: TaskRecord): Promise<Delay> {
    if (record.isCancelRequested) return this.#decide(record, without("cancelled", "CANCELLED"));
    const { taskId, owner, createdAtMs } = record;
    if (!(await this.#ports.slots.acquire(taskId, owner, createdAtMs))) return QUEUE_POLL_MS;
    return this.#enter(record, "starting");
  }

  /** Until `mayHaveStarted` is written nothing has run, and all of it may be done again, in the same sandbox or another. */
  async #start(record: TaskRecord): Promise<Delay> {
    const { runner, store, now } = this.#ports;
    if (record.mayHaveStarted) return this.#enter(record, "running");
    if (record.isCancelRequested) return this.#decide(record, without("cancelled", "CANCELLED"));
    record.attempts += 1;
    store.save(record);
    await runner.prepare(store.loadPrompt());
    if (record.isCancelRequested) return this.#decide(record, without("cancelled", "CANCELLED"));
    record.mayHaveStarted = true;
    record.startedAtMs = now();
    store.save(record);
    await this.#startRun();
    return this.#enter(record, "running");
  }

  /** A start call that fails may still have arrived. The next poll tells. */
  async #startRun(): Promise<void> {
    try {
      await this.#ports.runner.start();
      this.#log("run_started", { attempts: this.#record?.attempts });
    } catch (thrown) {
      this.#log("run_start_unanswered", { error: errorText(thrown) });
    }
  }

  async #watch(record: TaskRecord): Promise<Delay> {
    const state = await this.#look(record);
    switch (state.state) {
      case "running":
        record.failures = 0;
        return NEXT_ALARM_MS;
      case "exited":
        return this.#collect(record, (event) => verdict(state.exitCode, event));
      case "died":
        return this.#collect(record, () => ({ status: "interrupted", code: "RUNNER_DIED" }));
      case "absent":
        return this.#decide(record, without("interrupted", "SANDBOX_LOST"));
      case "prepared":
        return this.#startAgain(record);
    }
  }

  /** The run is stopped where its time is up or its end was asked for; else one long poll. */
  #look(record: TaskRecord): Promise<RunState> {
    const remainingMs = this.#remainingMs(record);
    if (record.isCancelRequested || remainingMs <= 0) return this.#ports.runner.stop();
    return this.#ports.runner.poll(Math.min(POLL_SECONDS, Math.ceil(remainingMs / 1000)));
  }

  #remainingMs(record: TaskRecord): number {
    return (record.startedAtMs ?? 0) + record.timeoutMs - this.#ports.now();
  }

  /** The container that got the prompt says that nothing ran in it, and it would refuse a second run. */
  async #startAgain(record: TaskRecord): Promise<Delay> {
    if (record.isCancelRequested) return this.#decide(record, without("cancelled", "CANCELLED"));
    record.failures += 1;
    if (record.failures >= MAX_FAILURES)
      return this.#decide(record, without("failed", "SANDBOX_UNAVAILABLE"));
    this.#ports.store.save(record);
    await this.#startRun();
    return 0;
  }

  async #collect(
    record: TaskRecord,
    judge: (event: Awaited<ReturnType<typeof readResultEvent>>) => Pick<Outcome, "status" | "code">,
  ): Promise<Delay> {
    const { runner, maxInlineOutputBytes } = this.#ports;
    const events = await runner.open("events");
    const event = events === null ? null : await readResultEvent(events.body);
    const errors = await runner.open("stderr");
    const stdout = capped(answerText(event), maxInlineOutputBytes);
    const stderr = errors === null ? capped("", 0) : await readCapped(errors.body, maxInlineOutputBytes);
    return this.#decide(record, {
      ...this.#unlessStopped(record, judge(event)),
      stdout: stdout.text,
      stderr: stderr.text,
      isTruncated: stdout.isTruncated || stderr.isTruncated,
      costUsd: event?.total_cost_usd ?? null,
      turns: event?.num_turns ?? null,
      permissionDenials: event?.permission_denials ?? [],
      sessionId: event?.session_id ?? null,
    });
  }

  /** A run that succeeded before the stop reached it has succeeded. */
  #unlessStopped(
    record: TaskRecord,
    judged: Pick<Outcome, "status" | "code">,
  ): Pick<Outcome, "status" | "code"> {
    if (judged.status === "succeeded") return judged;
    if (record.isCancelRequested) return { status: "cancelled", code: "CANCELLED" };
    if (this.#remainingMs(record) <= 0) return { status: "timed_out", code: "RUN_TIMED_OUT" };
    return judged;
  }

  /** From here on the result is durable in this object, and only ever this one result. */
  #decide(record: TaskRecord, outcome: Outcome): Delay {
    const { store, now } = this.#ports;
    record.endedAtMs = now();
    record.endStatus = outcome.status;
    record.hasStoredFiles = !record.mayHaveStarted || outcome.code === "SANDBOX_LOST";
    store.saveResult(storedResult(record, outcome));
    return this.#enter(record, "storing");
  }

  async #store(record: TaskRecord): Promise<Delay> {
    if (!record.hasStoredFiles && record.failures < MAX_FAILURES) await this.#storeFiles(record);
    await this.#ports.results.create(this.#ports.store.loadResult());
    this.#log("task_ended", { status: record.endStatus, attempts: record.attempts });
    this.#enter(record, "cleaning");
    this.#ports.onEnd();
    return 0;
  }

  /** The raw output is worth a few tries; the result itself does not depend on it. */
  async #storeFiles(record: TaskRecord): Promise<void> {
    for (const file of ["events", "stderr"] as const) {
      const output = await this.#ports.runner.open(file);
      if (output !== null) await this.#ports.results.putFile(record.taskId, file, output);
    }
    record.hasStoredFiles = true;
    this.#ports.store.save(record);
  }

  async #clean(record: TaskRecord): Promise<Delay> {
    const { runner, slots, store, now, retentionMs } = this.#ports;
    if (record.attempts > 0 && record.failures < MAX_FAILURES) await runner.destroy();
    await slots.release(record.taskId, publicStatus(record));
    store.deletePrompt();
    this.#enter(record, "ended");
    return Math.max(1, (record.endedAtMs ?? now()) + retentionMs - now());
  }

  async #expire(record: TaskRecord): Promise<Delay> {
    const { slots, store, now, retentionMs } = this.#ports;
    const remainingMs = (record.endedAtMs ?? 0) + retentionMs - now();
    if (remainingMs > 0) return remainingMs;
    await slots.forget(record.taskId);
    store.clear();
    this.#record = null;
    return null;
  }

  #enter(record: TaskRecord, phase: TaskRecord["phase"]): 0 {
    record.phase = phase;
    record.failures = 0;
    this.#ports.store.save(record);
    this.#log("task_phase", { phase });
    return 0;
  }

  #log(event: string, fields: LogFields): void {
    this.#ports.log(event, { taskId: this.#record?.taskId, client: this.#record?.owner, ...fields });
  }
}

/** An end without any output. */
function without(status: Outcome["status"], code: Outcome["code"]): Outcome {
  return {
    status,
    code,
    stdout: "",
    stderr: "",
    isTruncated: false,
    costUsd: null,
    turns: null,
    permissionDenials: [],
    sessionId: null,
  };
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
    execution_time_ms: endedAtMs - (record.startedAtMs ?? endedAtMs),
    cost_usd: outcome.costUsd,
    num_turns: outcome.turns,
    permission_denials: outcome.permissionDenials,
    session_id: outcome.sessionId,
    attempts: record.attempts,
  };
}
