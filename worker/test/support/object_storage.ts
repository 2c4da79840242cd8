/** A Durable Object's storage, in memory: its keys, its SQL database, its alarm. */

import { DatabaseSync, type SQLInputValue } from "node:sqlite";

export class ObjectStorage {
  readonly #rows = new Map<string, unknown>();
  readonly #database = new DatabaseSync(":memory:");
  readonly #onAlarm: (atMs: number | null) => void;
  #alarmMs: number | null = null;
  /** No write of a row succeeds. */
  isDown = false;

  constructor(onAlarm: (atMs: number | null) => void) {
    this.#onAlarm = onAlarm;
  }

  readonly kv = {
    get: (key: string): unknown => structuredClone(this.#rows.get(key)),
    put: (key: string, value: unknown): void => {
      if (this.isDown) throw new Error("scripted: the storage is down");
      this.#rows.set(key, structuredClone(value));
    },
    delete: (key: string): boolean => this.#rows.delete(key),
    list: ({ prefix }: { prefix: string }): [string, unknown][] =>
      [...this.#rows]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
  };

  readonly sql = {
    exec: (query: string, ...parameters: SQLInputValue[]) => {
      const rows = this.#database.prepare(query).all(...parameters);
      return { toArray: () => rows, one: () => rows[0] };
    },
  };

  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#alarmMs === null;
  }

  async getAlarm(): Promise<number | null> {
    return this.#alarmMs;
  }

  async setAlarm(atMs: number): Promise<void> {
    this.#alarmMs = atMs;
    this.#onAlarm(atMs);
  }

  async deleteAlarm(): Promise<void> {
    this.#alarmMs = null;
    this.#onAlarm(null);
  }

  async deleteAll(): Promise<void> {
    this.#rows.clear();
  }

  /** The alarm's time has come: it is taken away, then delivered. */
  takeAlarm(): void {
    this.#alarmMs = null;
  }
}
