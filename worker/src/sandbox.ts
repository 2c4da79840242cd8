/** Cloudflare's Sandbox SDK, and nothing else knows it: the container's class, and the adapter of the runner port. */

import { Sandbox as CloudflareSandbox, getSandbox } from "@cloudflare/sandbox";
import type { Bindings } from "./bindings.ts";
import { forwardToModel, MODEL_HOST } from "./egress.ts";
import { type RunFile, type Runner, RunnerError, type RunOutput, type RunState } from "./runner.ts";
import { readSettings, type Settings } from "./settings.ts";
import { eachInTime, inTime } from "./time_limit.ts";

const TASK_FOLDER = "/var/lib/claude-task";
const PROMPT_FILE = `${TASK_FOLDER}/prompt.txt`;
const RUN_FILES: Readonly<Record<RunFile, string>> = {
  events: `${TASK_FOLDER}/run/events.jsonl`,
  stderr: `${TASK_FOLDER}/run/stderr.txt`,
};
const WORKSPACE = "/workspace";

/** The SDK's own mark for "outside of any session". `startProcess` takes it as a third argument only. */
const SESSIONLESS = "__DISABLE_SESSION__";

/** Every call has a timer of our own. `READ_MS` is for opening a file, and then for each piece of it. */
const BOOT_MS = 120_000;
const CALL_MS = 20_000;
const READ_MS = 60_000;
/** What the runner may take beyond the task's time: its own SIGINT and SIGKILL, then writing down the exit code. */
const RUN_GRACE_S = 30;

/** The container's Durable Object. Internet is off: only the model's host, and the stack's allowed hosts, are reached. */
export class Sandbox extends CloudflareSandbox<Bindings> {
  override enableInternet = false;
  override sleepAfter = "5m";

  constructor(state: DurableObjectState<object>, env: Bindings) {
    super(state, env);
    const { allowedHosts } = readSettings(env).egress;
    this.allowedHosts = [MODEL_HOST, ...allowedHosts];
    // The model's host is plain HTTP inside the sandbox; only hosts beside it need their TLS opened.
    this.interceptHttps = allowedHosts.length > 0;
  }

  /** Returns nothing: the SDK's process handle does not survive the way to another object. */
  async startRun(environment: Record<string, string>, timeoutMs: number): Promise<void> {
    await this.startProcess(
      "claude-task run",
      { cwd: WORKSPACE, env: environment, timeout: timeoutMs },
      SESSIONLESS,
    );
  }
}

// After the class: the base class registers handlers by a setter, which a static field would go around.
Sandbox.outboundByHost = { [MODEL_HOST]: forwardToModel };

/** The sandbox of one task, by the task's id. */
export class SandboxRunner implements Runner {
  readonly #namespace: DurableObjectNamespace<Sandbox>;
  readonly #taskId: string;
  readonly #environment: Record<string, string>;
  readonly #timeoutS: number;

  constructor(
    namespace: DurableObjectNamespace<Sandbox>,
    taskId: string,
    timeoutMs: number,
    settings: Settings,
  ) {
    this.#namespace = namespace;
    this.#taskId = taskId;
    this.#timeoutS = Math.ceil(timeoutMs / 1000);
    this.#environment = runEnvironment(settings, this.#timeoutS);
  }

  /** Asked for at each call: a stub whose object has restarted fails for good. */
  get #sandbox(): Sandbox {
    return getSandbox(this.#namespace, this.#taskId, { transport: "rpc", enableDefaultSession: false });
  }

  async prepare(prompt: string): Promise<void> {
    await inTime("write the prompt", BOOT_MS, this.#sandbox.writeFile(PROMPT_FILE, prompt));
  }

  async start(): Promise<void> {
    const timeoutMs = (this.#timeoutS + RUN_GRACE_S) * 1000;
    await inTime("start the run", CALL_MS, this.#sandbox.startRun(this.#environment, timeoutMs));
  }

  poll(waitSeconds: number): Promise<RunState> {
    return this.#state(`claude-task wait ${waitSeconds}`, waitSeconds * 1000 + CALL_MS);
  }

  stop(): Promise<RunState> {
    return this.#state("claude-task stop", CALL_MS);
  }

  async open(file: RunFile): Promise<RunOutput | null> {
    const what = `read ${file}`;
    try {
      const read = this.#sandbox.readFile(RUN_FILES[file], { encoding: "none" });
      const { content, size } = await inTime(what, READ_MS, read);
      return { body: eachInTime(what, READ_MS, content), sizeBytes: size };
    } catch (thrown) {
      if (errorCode(thrown) === "FILE_NOT_FOUND") return null;
      throw thrown;
    }
  }

  async destroy(): Promise<void> {
    await inTime("destroy the sandbox", BOOT_MS, this.#sandbox.destroy());
  }

  async #state(command: string, timeoutMs: number): Promise<RunState> {
    const done = await inTime(
      command,
      timeoutMs,
      this.#sandbox.exec(command, { cwd: WORKSPACE, timeout: timeoutMs }),
    );
    if (!done.success) throw new RunnerError(`${command} ended with exit code ${done.exitCode}`);
    return runState(done.stdout);
  }
}

/** Per deployment and per task, but never of a user's making: no text of a request is in here. */
function runEnvironment({ claude }: Settings, timeoutS: number): Record<string, string> {
  const placeholder = claude.credential === "apiKey" ? "ANTHROPIC_API_KEY" : "CLAUDE_CODE_OAUTH_TOKEN";
  return {
    [placeholder]: "placeholder-the-real-one-is-added-outside-of-the-sandbox",
    ANTHROPIC_BASE_URL: `http://${MODEL_HOST}`,
    CLAUDE_TASK_PERMISSION_MODE: claude.permissionMode,
    CLAUDE_TASK_TIMEOUT_SECONDS: String(timeoutS + RUN_GRACE_S / 2),
    ...(claude.model !== null && { CLAUDE_TASK_MODEL: claude.model }),
    ...(claude.maxTurns !== null && { CLAUDE_TASK_MAX_TURNS: String(claude.maxTurns) }),
    ...(claude.maxBudgetUsd !== null && { CLAUDE_TASK_MAX_BUDGET_USD: String(claude.maxBudgetUsd) }),
  };
}

/** The one line that `claude-task` prints. @throws RunnerError for a state that it has not */
function runState(line: string): RunState {
  const { state, exit_code: exitCode } = JSON.parse(line) as { state: string; exit_code: number | null };
  switch (state) {
    case "exited":
      return { state, exitCode: exitCode ?? 1 };
    case "absent":
    case "prepared":
    case "running":
    case "died":
      return { state };
    default:
      throw new RunnerError("claude-task printed a state that it does not have");
  }
}

/** Across objects an SDK error keeps its `errorResponse`; its `code` getter stays behind. */
function errorCode(thrown: unknown): string | undefined {
  const error = thrown as { code?: string; errorResponse?: { code?: string } } | null;
  return error?.errorResponse?.code ?? error?.code;
}
