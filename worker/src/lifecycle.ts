/**
 * The life of one task: queued, starting, running, storing, cleaning, ended. Each step reads what is durable, does one
 * thing that may be repeated, and writes down what came of it; killed anywhere, the next alarm goes on from there.
 */

import { errorText } from "./log.ts";
import { noOutput } from "./outcome.ts";
import { cleanUp, destroySandbox } from "./phases/cleaning.ts";
import { expire, forget } from "./phases/ended.ts";
import { waitForSlot } from "./phases/queued.ts";
import { watchRun } from "./phases/running.ts";
import { giveUpOrDiscard, startInSandbox } from "./phases/starting.ts";
import { storeResult } from "./phases/storing.ts";
import { type Delay, Progress } from "./progress.ts";
import type { TaskPorts } from "./task_ports.ts";
import { hasEnded, type NewTask, newRecord, type Phase, type TaskRecord } from "./task_record.ts";

const MAX_BACKOFF_MS = 30_000;

const STEPS: Readonly<Record<Phase, (progress: Progress) => Promise<Delay>>> = {
  queued: waitForSlot,
  starting: startInSandbox,
  running: watchRun,
  storing: storeResult,
  cleaning: cleanUp,
  ended: expire,
};

export class Lifecycle {
  readonly #ports: TaskPorts;
  #progress: Progress | null;
  #isWoken = false;

  constructor(ports: TaskPorts) {
    this.#ports = ports;
    this.#progress = durableProgress(ports);
  }

  get record(): TaskRecord | null {
    return this.#progress?.record ?? null;
  }

  /** Persists the task; its alarm does the rest. */
  create(task: NewTask, prompt: string): TaskRecord {
    const progress = new Progress(newRecord(task), this.#ports);
    this.#ports.store.savePrompt(prompt);
    progress.save();
    this.#ports.store.setAlarm(this.#ports.now());
    this.#progress = progress;
    const { timeoutMs, promptBytes, promptSha256 } = task;
    progress.log("task_accepted", { timeoutMs, promptBytes, promptSha256 });
    return progress.record;
  }

  /** Asks the task to end; a terminal one stays as it is. The run is stopped at once if there is one. */
  async cancel(): Promise<void> {
    const progress = this.#progress;
    if (progress === null) return;
    const { record } = progress;
    if (hasEnded(record) || record.phase === "storing" || record.isCancelRequested) return;
    record.isCancelRequested = true;
    progress.save();
    progress.log("task_cancel_requested", {});
    if (record.phase === "running") await this.#ports.runner.stop();
    else this.wake();
  }

  /** Forgets an ended task ahead of its time. One that goes on, or is gone, stays as it is. */
  async forget(): Promise<void> {
    const progress = this.#progress;
    if (progress?.record.phase !== "ended") return;
    await destroySandbox(progress);
    await forget(progress);
    this.#progress = null;
  }

  /** Makes the next step due now, also where one is under way that is about to wait. */
  wake(): void {
    this.#isWoken = true;
    this.#ports.store.setAlarm(this.#ports.now());
  }

  /**
   * One alarm: takes steps until one has to wait. The alarm is set anew before any work, so that it comes again if
   * this object dies in the middle. What an alarm before it did in memory and could not store is not gone by.
   */
  async advance(): Promise<void> {
    const { store, now } = this.#ports;
    this.#progress = durableProgress(this.#ports);
    if (this.#progress === null) return;
    store.setAlarm(now());
    let delay: Delay = 0;
    while (delay === 0 || (delay !== null && this.#isWoken)) {
      this.#isWoken = false;
      delay = await stepOrBackoff(this.#progress);
    }
    if (delay === null) this.#progress = null;
    else store.setAlarm(now() + delay);
  }
}

function durableProgress(ports: TaskPorts): Progress | null {
  const record = ports.store.load();
  return record === null ? null : new Progress(record, ports);
}

async function stepOrBackoff(progress: Progress): Promise<Delay> {
  const { record } = progress;
  try {
    return await STEPS[record.phase](progress);
  } catch (thrown) {
    record.failures += 1;
    const { phase, failures } = record;
    progress.log("task_step_failed", { phase, failures, error: errorText(thrown) });
    return afterFailure(progress);
  }
}

async function afterFailure(progress: Progress): Promise<Delay> {
  const { record } = progress;
  const decided = record.phase === "starting" ? await giveUpOrDiscard(progress) : null;
  if (decided !== null) return decided;
  if (record.phase === "running" && progress.hasFailedTooOften)
    return progress.decide(noOutput("interrupted", "SANDBOX_LOST"));
  progress.save();
  return Math.min(MAX_BACKOFF_MS, 500 * 2 ** Math.min(record.failures, 10));
}
