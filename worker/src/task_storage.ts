/** A task's memory in its Durable Object's SQLite. */

import type { StoredResult } from "./results.ts";
import type { TaskRecord, TaskStore } from "./task_record.ts";

/** SQLite-backed values are limited to 2 MB; a result may be larger. */
const PIECE_CHARACTERS = 256 * 1024;

export class TaskStorage implements TaskStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  load(): TaskRecord | null {
    return this.#storage.kv.get<TaskRecord>("record") ?? null;
  }

  save(record: TaskRecord): void {
    this.#storage.kv.put("record", record);
  }

  loadPrompt(): string {
    return this.#loadText("prompt");
  }

  savePrompt(prompt: string): void {
    this.#saveText("prompt", prompt);
  }

  deletePrompt(): void {
    this.#deleteText("prompt");
  }

  loadResult(): StoredResult {
    return JSON.parse(this.#loadText("result")) as StoredResult;
  }

  saveResult(result: StoredResult): void {
    this.#saveText("result", JSON.stringify(result));
  }

  setAlarm(atMs: number): void {
    void this.#storage.setAlarm(atMs);
  }

  clear(): void {
    void this.#storage.deleteAlarm();
    void this.#storage.deleteAll();
  }

  #loadText(name: string): string {
    return [...this.#pieces(name)].map(([, piece]) => piece).join("");
  }

  /** Keys sort as text, so the numbers have a fixed width. */
  #saveText(name: string, text: string): void {
    this.#deleteText(name);
    for (let start = 0; start < text.length; start += PIECE_CHARACTERS) {
      const number = String(start / PIECE_CHARACTERS).padStart(6, "0");
      this.#storage.kv.put(`${name}/${number}`, text.slice(start, start + PIECE_CHARACTERS));
    }
  }

  #deleteText(name: string): void {
    for (const [key] of [...this.#pieces(name)]) this.#storage.kv.delete(key);
  }

  #pieces(name: string): Iterable<[string, string]> {
    return this.#storage.kv.list<string>({ prefix: `${name}/` });
  }
}
