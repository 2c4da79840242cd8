/**
 * Runs commands as the real server does outside of a session: a fresh `bash -c` in a process group of its own, stdin
 * closed, ended with SIGTERM and five seconds later with SIGKILL when its time is up.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { realPath } from "./paths.ts";

export interface CommandOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
  timeoutMs?: number;
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface Command {
  pid: number;
  ended: Promise<CommandResult>;
  kill(): Promise<void>;
}

const TIMED_OUT_EXIT_CODE = 124;
const KILL_GRACE_MS = 5_000;
const SIGNAL_EXIT_CODES: Readonly<Record<string, number>> = { SIGTERM: 143, SIGKILL: 137, SIGINT: 130 };

export class CommandRunner {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  start(command: string, options: CommandOptions = {}): Command {
    const child = spawn("/bin/bash", ["-c", command], {
      cwd: realPath(this.#root, options.cwd),
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const exited = exitCodeOf(child);
    const kill = (): Promise<void> => killGroup(child, exited);
    return { pid: child.pid ?? 0, ended: collect(child, exited, kill, options.timeoutMs), kill };
  }
}

async function collect(
  child: ChildProcess,
  exited: Promise<number>,
  kill: () => Promise<void>,
  timeoutMs: number | undefined,
): Promise<CommandResult> {
  let isLate = false;
  const end = (): void => {
    isLate = true;
    void kill();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
  const [exitCode, stdout, stderr] = await Promise.all([exited, textOf(child.stdout), textOf(child.stderr)]);
  clearTimeout(timer);
  if (!isLate) return { exitCode, stdout, stderr };
  return {
    exitCode: TIMED_OUT_EXIT_CODE,
    stdout,
    stderr: `${stderr}Command timed out after ${timeoutMs}ms\n`,
  };
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? SIGNAL_EXIT_CODES[signal ?? ""] ?? 128));
    child.once("error", () => resolve(127));
  });
}

async function textOf(stream: ChildProcess["stdout"]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function killGroup(child: ChildProcess, exited: Promise<number>): Promise<void> {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), KILL_GRACE_MS);
  await exited;
  clearTimeout(timer);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
