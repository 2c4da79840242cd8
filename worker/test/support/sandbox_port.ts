/** The runner port on the world's container, by the protocol of `container/claude-task`. */

import { type RunFile, type Runner, RunnerError, type RunOutput, type RunState } from "../../src/runner.ts";
import { streamOf, utf8 } from "./streams.ts";
import type { Container, TaskWorld } from "./task_world.ts";

const STOPPED_EXIT_CODE = 130;

export class SandboxPort implements Runner {
  readonly #world: TaskWorld;
  /** Lets time pass, and what is due in it happen. */
  readonly #pass: (milliseconds: number) => Promise<void>;

  constructor(world: TaskWorld, pass: (milliseconds: number) => Promise<void>) {
    this.#world = world;
    this.#pass = pass;
  }

  async prepare(prompt: string): Promise<void> {
    this.#failWhereScripted("prepare");
    this.#container().prompt = prompt;
  }

  async start(): Promise<void> {
    this.#failWhereScripted("start");
    const container = this.#container();
    if (container.prompt === null || container.startedAtMs !== null) return;
    container.startedAtMs = this.#world.nowMs;
    this.#world.runs += 1;
  }

  async poll(waitSeconds: number): Promise<RunState> {
    this.#failWhereScripted("poll");
    const waitMs = Math.min(waitSeconds * 1000, this.#remainingMs());
    if (waitMs > 0) await this.#pass(waitMs);
    return this.#state();
  }

  async stop(): Promise<RunState> {
    this.#failWhereScripted("stop");
    if (this.#remainingMs() > 0 && !this.#world.script.resists)
      this.#container().stoppedAtMs = this.#world.nowMs;
    return this.#state();
  }

  async open(file: RunFile): Promise<RunOutput | null> {
    this.#failWhereScripted("open");
    const { startedAtMs } = this.#container();
    if (startedAtMs === null) return null;
    const text = file === "events" ? (this.#world.script.events ?? "") : "some words\n";
    return { sizeBytes: utf8(text).length, body: streamOf(text) };
  }

  async destroy(): Promise<void> {
    this.#failWhereScripted("destroy");
    this.#world.container = null;
  }

  /** Any call boots a new and empty container where there is none, as the SDK does. */
  #container(): Container {
    const { vanishesAfterMs } = this.#world.script;
    const ageMs = this.#world.nowMs - (this.#world.container?.startedAtMs ?? Number.POSITIVE_INFINITY);
    if (vanishesAfterMs !== undefined && ageMs >= vanishesAfterMs) this.#world.container = null;
    this.#world.container ??= { prompt: null, startedAtMs: null, stoppedAtMs: null };
    return this.#world.container;
  }

  /** Until the run ends or its container vanishes; 0 where nothing runs. */
  #remainingMs(): number {
    const { script, nowMs } = this.#world;
    const { startedAtMs, stoppedAtMs } = this.#container();
    if (startedAtMs === null || stoppedAtMs !== null) return 0;
    return startedAtMs + Math.min(script.runMs, script.vanishesAfterMs ?? script.runMs) - nowMs;
  }

  #state(): RunState {
    const { script } = this.#world;
    const { prompt, startedAtMs, stoppedAtMs } = this.#container();
    if (prompt === null) return { state: "absent" };
    if (startedAtMs === null) return { state: "prepared" };
    if (stoppedAtMs !== null) return { state: "exited", exitCode: STOPPED_EXIT_CODE };
    if (this.#remainingMs() > 0) return { state: "running" };
    return script.dies ? { state: "died" } : { state: "exited", exitCode: script.exitCode ?? 0 };
  }

  #failWhereScripted(call: string): void {
    if (this.#world.fails(call)) throw new RunnerError(`scripted: ${call}`);
  }
}
