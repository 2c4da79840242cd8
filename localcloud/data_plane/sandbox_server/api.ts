/**
 * The SDK's control API over capnweb, with the methods that a Worker of this project can reach. A method that is not
 * here fails as unknown; the real server has more. Signatures: packages/shared/src/rpc-types.ts of cloudflare/sandbox-sdk.
 */

import { RpcTarget } from "capnweb";
import type { CommandOptions, CommandRunner } from "./commands.ts";
import type { Files } from "./files.ts";
import type { Processes } from "./processes.ts";

/** The version that the Worker's npm package expects of its container. */
export const SERVER_VERSION = "0.12.10";

const now = (): string => new Date().toISOString();

class Commands extends RpcTarget {
  readonly #commands: CommandRunner;

  constructor(commands: CommandRunner) {
    super();
    this.#commands = commands;
  }

  async execute(command: string, _sessionId: string, options?: CommandOptions) {
    const result = await this.#commands.start(command, options).ended;
    return { success: result.exitCode === 0, ...result, command, timestamp: now() };
  }
}

class FilesApi extends RpcTarget {
  readonly #files: Files;

  constructor(files: Files) {
    super();
    this.#files = files;
  }

  async readFile(path: string, _sessionId: string, options?: { encoding?: "utf-8" | "base64" | "none" }) {
    const about = { success: true, path, mimeType: "application/octet-stream", timestamp: now() };
    if (options?.encoding === "none") return { ...about, ...(await this.#files.open(path)) };
    const bytes = await this.#files.read(path);
    const encoding = options?.encoding ?? "utf-8";
    return {
      ...about,
      content: bytes.toString(encoding),
      encoding,
      isBinary: encoding === "base64",
      size: bytes.length,
    };
  }

  async writeFile(path: string, content: string, _sessionId: string, options?: { encoding?: string }) {
    const bytesWritten = await this.#files.write(
      path,
      content,
      options?.encoding === "base64" ? "base64" : "utf-8",
    );
    return { success: true, path, bytesWritten, timestamp: now() };
  }

  async mkdir(path: string, _sessionId: string, options?: { recursive?: boolean }) {
    await this.#files.makeFolder(path, options?.recursive ?? false);
    return { success: true, path, recursive: options?.recursive ?? false, timestamp: now() };
  }

  async exists(path: string, _sessionId: string) {
    return { success: true, path, exists: await this.#files.exists(path), timestamp: now() };
  }
}

class ProcessesApi extends RpcTarget {
  readonly #processes: Processes;

  constructor(processes: Processes) {
    super();
    this.#processes = processes;
  }

  async startProcess(
    command: string,
    _sessionId: string,
    options: CommandOptions & { processId?: string } = {},
  ) {
    const { id, pid } = this.#processes.start(command, options);
    return { success: true, processId: id, pid, command, timestamp: now() };
  }

  async listProcesses() {
    return { success: true, processes: this.#processes.list(), timestamp: now() };
  }

  async getProcess(id: string) {
    return { success: true, process: this.#processes.get(id), timestamp: now() };
  }

  async getProcessLogs(id: string) {
    return { success: true, processId: id, ...this.#processes.logs(id), timestamp: now() };
  }

  async killProcess(id: string) {
    await this.#processes.kill(id);
    return { success: true, processId: id, timestamp: now() };
  }

  async killAllProcesses() {
    return { success: true, cleanedCount: await this.#processes.killAll(), timestamp: now() };
  }
}

class Utils extends RpcTarget {
  async ping() {
    return "healthy";
  }

  async getVersion() {
    return SERVER_VERSION;
  }

  async getCommands() {
    return [];
  }
}

/** The root object of one connection. */
export class SandboxApi extends RpcTarget {
  readonly #parts: { commands: CommandRunner; files: Files; processes: Processes };

  constructor(parts: { commands: CommandRunner; files: Files; processes: Processes }) {
    super();
    this.#parts = parts;
  }

  get commands() {
    return new Commands(this.#parts.commands);
  }
  get files() {
    return new FilesApi(this.#parts.files);
  }
  get processes() {
    return new ProcessesApi(this.#parts.processes);
  }
  get utils() {
    return new Utils();
  }
}
