/** A sandbox whose Claude Code is scripted, as the SDK's object and the runner's protocol have it. */

import { resultEvent } from "./sandbox_script.ts";
import { streamOf, utf8 } from "./streams.ts";

export interface ScriptedRun {
  events?: string;
  stderr?: string;
  exitCode?: number;
  /** The run goes on until this resolves; a stop ends it earlier, with exit code 130. */
  until?: Promise<unknown>;
  /** The run vanishes without an exit code. */
  dies?: boolean;
  /** The container is gone only once this resolves. */
  isGone?: Promise<unknown>;
}

export type Script = (prompt: string) => ScriptedRun;

export const answering: Script = (prompt) => ({ events: resultEvent({ result: `answer to ${prompt}` }) });

const FOLDER = "/var/lib/claude-task";

export class SandboxDouble {
  /** Set by the service before its first task. */
  static script: Script = answering;
  /** Every command line and file path that any sandbox was given. */
  static readonly commands: string[] = [];
  static readonly environments: Record<string, string>[] = [];
  #files = new Map<string, string>();
  #state: "none" | "running" | "exited" | "died" = "none";
  #exitCode = 0;
  /** What the container's end waits for. */
  leave: () => Promise<unknown> = async () => undefined;
  #ended = Promise.withResolvers<void>();

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  async writeFile(path: string, content: string): Promise<void> {
    this.#files.set(path, content);
  }

  async startRun(environment: Record<string, string>): Promise<void> {
    const prompt = this.#files.get(`${FOLDER}/prompt.txt`);
    if (prompt === undefined || this.#state !== "none") return;
    SandboxDouble.environments.push(environment);
    this.#state = "running";
    const run = SandboxDouble.script(prompt);
    if (run.isGone !== undefined) this.leave = async () => run.isGone;
    void (run.until ?? Promise.resolve()).then(() => this.#finish(run, run.exitCode ?? 0));
  }

  async exec(command: string): Promise<{ success: boolean; exitCode: number; stdout: string }> {
    SandboxDouble.commands.push(command);
    const seconds = /^claude-task wait (\d+)$/.exec(command)?.[1];
    if (seconds !== undefined) await this.#atMost(Number(seconds) * 1000);
    else if (command === "claude-task stop") this.#finish({}, 130);
    else throw new Error(`no such command: ${command}`);
    const exitCode = this.#state === "exited" ? this.#exitCode : null;
    const stdout = `${JSON.stringify({ state: this.#stateName(), exit_code: exitCode })}\n`;
    return { success: true, exitCode: 0, stdout };
  }

  async readFile(path: string): Promise<{ content: ReadableStream<Uint8Array>; size: number }> {
    const text = this.#files.get(path);
    if (text === undefined) throw Object.assign(new Error("File not found"), { code: "FILE_NOT_FOUND" });
    return { content: streamOf(text), size: utf8(text).length };
  }

  async destroy(): Promise<void> {
    await this.leave();
    this.#files.clear();
    this.#state = "none";
  }

  #stateName(): string {
    if (this.#state !== "none") return this.#state;
    return this.#files.has(`${FOLDER}/prompt.txt`) ? "prepared" : "absent";
  }

  #finish(run: ScriptedRun, exitCode: number): void {
    if (this.#state !== "running") return;
    this.#files.set(`${FOLDER}/run/events.jsonl`, run.events ?? "");
    this.#files.set(`${FOLDER}/run/stderr.txt`, run.stderr ?? "");
    this.#exitCode = exitCode;
    this.#state = run.dies ? "died" : "exited";
    this.#ended.resolve();
  }

  async #atMost(milliseconds: number): Promise<void> {
    if (this.#state !== "running") return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, milliseconds);
    await Promise.race([this.#ended.promise, late.promise]);
    clearTimeout(timer);
  }
}
