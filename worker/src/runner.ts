/**
 * The port to a sandbox in which one task runs once. Its adapter is the only file that knows Cloudflare's SDK; the
 * states are those that `container/claude-task` prints.
 */

export type RunState =
  /** No prompt there: a new and empty container. Whatever ran in an earlier one is gone. */
  | { state: "absent" }
  /** The prompt is there and nothing was ever started on it. */
  | { state: "prepared" }
  | { state: "running" }
  /** The exit code is written: the outcome is complete. */
  | { state: "exited"; exitCode: number }
  /** The run vanished before it wrote its exit code. */
  | { state: "died" };

export type RunFile = "events" | "stderr";

export interface Runner {
  /** Boots the sandbox and writes the prompt. Starts nothing, so it may be repeated. */
  prepare(prompt: string): Promise<void>;
  /** Starts the run. A sandbox takes at most one: a second start in the same container does nothing. */
  start(): Promise<void>;
  /** Waits until the run has ended, at most `waitSeconds`, and tells where it stands. */
  poll(waitSeconds: number): Promise<RunState>;
  /** Ends the run, so that Claude Code can still write a result; tells where it stands then. */
  stop(): Promise<RunState>;
  /** A file that the run wrote, whole, or null where it is missing. */
  open(file: RunFile): Promise<RunOutput | null>;
  /** Ends the container and all in it. Idempotent. */
  destroy(): Promise<void>;
}

export interface RunOutput {
  sizeBytes: number;
  body: ReadableStream<Uint8Array>;
}

/** A call to the sandbox failed or was not answered in time; what it did inside is unknown. */
export class RunnerError extends Error {
  override readonly name = "RunnerError";
}
