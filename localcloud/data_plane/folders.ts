/** Where the data plane keeps things: data in localcloud's home, sockets in a folder with a short path. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Folders {
  readonly home: string;
  /** Sockets and pids of this run. The path of a Unix socket has at most 107 bytes, a home folder's may have more. */
  readonly run: string;

  constructor(home: string) {
    this.home = home;
    for (const folder of [this.durableObjects, this.buckets, join(home, "logs")])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#forgetEarlierRun();
    this.run = mkdtempSync(join(tmpdir(), "localcloud-"));
    writeFileSync(this.#runFile, this.run);
  }

  get socket(): string {
    return join(this.home, "data-plane.sock");
  }
  get durableObjects(): string {
    return join(this.home, "durable-objects");
  }
  get buckets(): string {
    return join(this.home, "buckets");
  }

  workerLog(name: string): string {
    return join(this.home, "logs", `worker-${name}.jsonl`);
  }

  workerdPid(name: string): string {
    return join(this.run, `workerd-${name}.pid`);
  }

  deleteObjects(namespaceId: string): void {
    rmSync(join(this.durableObjects, namespaceId), { recursive: true, force: true });
  }

  /** At the end of a run. The file may name a later one by now. */
  tidy(): void {
    rmSync(this.run, { recursive: true, force: true });
    if (this.#noted() === this.run) rmSync(this.#runFile, { force: true });
  }

  get #runFile(): string {
    return join(this.home, "data-plane-run");
  }

  /** A data plane that was killed could not tidy up. */
  #forgetEarlierRun(): void {
    const earlier = this.#noted();
    if (earlier !== null) rmSync(earlier, { recursive: true, force: true });
  }

  #noted(): string | null {
    try {
      return readFileSync(this.#runFile, "utf8");
    } catch {
      return null;
    }
  }
}
