/** A namespace of Durable Objects: made at the first call of their name, woken by their alarms. */

import { ObjectStorage } from "./object_storage.ts";

type DurableInstance = object & { alarm?: () => Promise<void> };

type DurableClass<T> = new (state: never, env: never) => T;

export class ObjectNamespace<T extends DurableInstance> {
  readonly #class: DurableClass<T>;
  readonly #environment: () => unknown;
  readonly #instances = new Map<string, T>();
  readonly #storages = new Map<string, ObjectStorage>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #inAlarm = new Set<string>();

  constructor(durableClass: DurableClass<T>, environment: () => unknown) {
    this.#class = durableClass;
    this.#environment = environment;
  }

  getByName(name: string): T {
    const known = this.#instances.get(name);
    if (known !== undefined) return known;
    const state = { storage: this.storageOf(name), waitUntil: () => undefined };
    const made = new this.#class(state as never, this.#environment() as never);
    this.#instances.set(name, made);
    return made;
  }

  /** The object's memory is lost; the next call makes it from what it has stored. */
  restart(name: string): void {
    this.#instances.delete(name);
  }

  storageOf(name: string): ObjectStorage {
    const known = this.#storages.get(name);
    if (known !== undefined) return known;
    const made = new ObjectStorage((atMs) => this.#schedule(name, atMs));
    this.#storages.set(name, made);
    return made;
  }

  /** An object's alarms come one after the other: one that is set in an alarm waits for its end. */
  #schedule(name: string, atMs: number | null): void {
    clearTimeout(this.#timers.get(name));
    if (atMs === null || this.#inAlarm.has(name)) return;
    // A timer holds 24 days at most; no test waits for the end of a retention time.
    const delayMs = Math.min(Math.max(0, atMs - Date.now()), 2 ** 31 - 1);
    this.#timers.set(name, setTimeout(() => void this.#deliver(name), delayMs).unref());
  }

  async #deliver(name: string): Promise<void> {
    const storage = this.storageOf(name);
    storage.takeAlarm();
    this.#inAlarm.add(name);
    await this.getByName(name).alarm?.();
    this.#inAlarm.delete(name);
    this.#schedule(name, await storage.getAlarm());
  }
}
