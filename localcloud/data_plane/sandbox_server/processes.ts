/** Commands that run in the background, by the id that the SDK gives them. */

import { randomUUID } from "node:crypto";
import type { Command, CommandOptions, CommandResult, CommandRunner } from "./commands.ts";
import { SandboxServerError } from "./errors.ts";

type ProcessStatus = "running" | "completed" | "failed" | "killed";

interface BackgroundProcess {
  id: string;
  command: string;
  handle: Command;
  startTime: string;
  status: ProcessStatus;
  result: CommandResult | null;
}

export interface ProcessInfo {
  id: string;
  pid: number;
  command: string;
  status: ProcessStatus;
  startTime: string;
  exitCode?: number;
}

export class Processes {
  readonly #commands: CommandRunner;
  readonly #processes = new Map<string, BackgroundProcess>();

  constructor(commands: CommandRunner) {
    this.#commands = commands;
  }

  start(command: string, options: CommandOptions & { processId?: string }): ProcessInfo {
    const handle = this.#commands.start(command, options);
    const id = options.processId ?? `proc_${randomUUID()}`;
    const started: BackgroundProcess = {
      id,
      command,
      handle,
      startTime: new Date().toISOString(),
      status: "running",
      result: null,
    };
    this.#processes.set(id, started);
    void handle.ended.then((result) => {
      started.result = result;
      started.status = endStatus(result.exitCode);
    });
    return info(started);
  }

  list(): ProcessInfo[] {
    return [...this.#processes.values()].map(info);
  }

  get(id: string): ProcessInfo {
    return info(this.#known(id));
  }

  logs(id: string): { stdout: string; stderr: string } {
    const { result } = this.#known(id);
    return { stdout: result?.stdout ?? "", stderr: result?.stderr ?? "" };
  }

  async kill(id: string): Promise<void> {
    await this.#known(id).handle.kill();
  }

  async killAll(): Promise<number> {
    const running = [...this.#processes.values()].filter((process) => process.status === "running");
    await Promise.all(running.map((process) => process.handle.kill()));
    return running.length;
  }

  #known(id: string): BackgroundProcess {
    const process = this.#processes.get(id);
    if (process === undefined)
      throw new SandboxServerError("PROCESS_NOT_FOUND", `Process not found: ${id}`, { processId: id });
    return process;
  }
}

function endStatus(exitCode: number): ProcessStatus {
  if (exitCode === 0) return "completed";
  return exitCode === 137 || exitCode === 143 ? "killed" : "failed";
}

function info({ id, command, handle, status, startTime, result }: BackgroundProcess): ProcessInfo {
  return {
    id,
    pid: handle.pid,
    command,
    status,
    startTime,
    ...(result !== null && { exitCode: result.exitCode }),
  };
}
