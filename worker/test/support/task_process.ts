/** One life of the process that drives a task. It may die at any call of a port; then nothing it does has an effect. */

import { Lifecycle } from "../../src/lifecycle.ts";
import type { Results } from "../../src/results.ts";
import type { Runner } from "../../src/runner.ts";
import type { Slots } from "../../src/task_ports.ts";
import type { TaskStore } from "../../src/task_record.ts";
import { bucketOf, missing, slotsOf } from "./other_ports.ts";
import { SandboxPort } from "./sandbox_port.ts";
import { type Rows, TASK, type TaskWorld } from "./task_world.ts";

const RETENTION_MS = 86_400_000;

export class TaskProcess {
  readonly lifecycle: Lifecycle;
  isDead = false;
  #hasCommitted = false;
  readonly #world: TaskWorld;
  /** What this turn has written and not committed yet, on top of what is durable. */
  #rows: Rows;
  #die: () => void = () => undefined;
  readonly #death: Promise<void>;

  constructor(world: TaskWorld) {
    this.#world = world;
    this.#rows = structuredClone(world.rows);
    this.#death = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.lifecycle = new Lifecycle({
      store: this.#store(),
      runner: this.#mortal(new SandboxPort(world, (milliseconds) => this.#pass(milliseconds))),
      results: this.#mortal(bucketOf(world)),
      slots: this.#mortal(slotsOf(world)),
      now: () => world.nowMs,
      log: () => undefined,
      onPhase: () => undefined,
      maxInlineOutputBytes: 1_000,
      retentionMs: RETENTION_MS,
    });
  }

  /** The platform takes the alarm away before it delivers it, and delivers it again where nothing came of it. */
  async deliverAlarm(): Promise<void> {
    const dueMs = this.#rows.alarmMs;
    this.#rows.alarmMs = null;
    this.#hasCommitted = false;
    await this.turn(() => this.lifecycle.advance());
    if (!this.#hasCommitted) this.#world.rows.alarmMs = dueMs;
  }

  /** Runs one turn to its end or to the process's death. */
  async turn(work: () => Promise<void> | void): Promise<void> {
    const working = Promise.resolve().then(work);
    await Promise.race([this.#death, working.catch((thrown) => this.#unlessDead(thrown))]);
    if (!this.isDead) this.#commit();
  }

  #unlessDead(thrown: unknown): void {
    if (!this.isDead) throw thrown;
  }

  #commit(): void {
    this.#hasCommitted = true;
    this.#world.commit(this.#rows);
  }

  /** Time passes; the client cancels when its time has come, until it hears that its call arrived. */
  async #pass(milliseconds: number): Promise<void> {
    this.#world.nowMs += milliseconds;
    await this.cancelWhereDue();
  }

  async cancelWhereDue(): Promise<void> {
    const { cancelAfterMs } = this.#world.script;
    const isDue = this.#world.nowMs - TASK.createdAtMs >= (cancelAfterMs ?? Number.POSITIVE_INFINITY);
    if (!isDue || !this.#world.isCancelDue) return;
    await this.lifecycle.cancel();
    this.#commit();
    this.#world.isCancelDue = false;
  }

  /** Every method becomes a call at which the process may die. What was written before a call is durable by then. */
  #mortal<Port extends Runner | Results | Slots>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>;
        return (...parameters: unknown[]) => this.#callAsync(() => method.apply(target, parameters));
      },
    });
  }

  async #callAsync<T>(effect: () => Promise<T>): Promise<T> {
    if (this.isDead) return this.#silence();
    const moment = this.#world.nextDeath();
    if (moment === "before_commit") return this.#silence();
    this.#commit();
    if (moment === "before_effect") return this.#silence();
    const answer = await effect();
    if (moment === "with_its_container") this.#world.container = null;
    return moment !== undefined || this.isDead ? this.#silence() : answer;
  }

  #silence(): Promise<never> {
    this.isDead = true;
    this.#die();
    return new Promise(() => undefined);
  }

  /** Storage is written at the end of a turn or before the next call of another port, as the runtime's gates have it. */
  #callSync<T>(effect: () => T): T {
    if (!this.isDead && this.#world.nextDeath() !== undefined) void this.#silence();
    if (this.isDead) throw new Error("the process is dead");
    return effect();
  }

  #store(): TaskStore {
    const write = (change: Partial<Rows>): void =>
      this.#callSync(() => void Object.assign(this.#rows, structuredClone(change)));
    const read = <Name extends keyof Rows>(name: Name): NonNullable<Rows[Name]> =>
      this.#callSync(() => structuredClone(this.#rows[name]) ?? missing(name));
    return {
      load: () => structuredClone(this.#rows.record),
      save: (record) => write({ record }),
      loadPrompt: () => read("prompt"),
      savePrompt: (prompt) => write({ prompt }),
      deletePrompt: () => write({ prompt: null }),
      loadResult: () => read("result"),
      saveResult: (result) => write({ result }),
      setAlarm: (alarmMs) => write({ alarmMs }),
      clear: () => write({ record: null, prompt: null, result: null, alarmMs: null }),
    };
  }
}
