/** What a Worker prints, a line each, in a file; the last lines are kept at hand for the error of a failed start. */

import { appendFileSync } from "node:fs";

const KEPT_LINES = 100;

export class WorkerLog {
  readonly #file: string;
  #kept: string[] = [];
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  write(line: string): void {
    appendFileSync(this.#file, `${line}\n`, { mode: 0o600 });
    this.#kept = [...this.#kept.slice(1 - KEPT_LINES), line];
    this.#count += 1;
  }

  mark(): number {
    return this.#count;
  }

  since(mark: number): string {
    const fresh = Math.min(this.#count - mark, KEPT_LINES);
    return fresh === 0 ? "" : this.#kept.slice(-fresh).join("\n");
  }
}
