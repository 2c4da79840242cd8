/** What is in a bucket, for the control plane: it refuses to delete one that holds objects. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import type { Folders } from "./folders.ts";
import type { WorkerHost } from "./workers/worker_host.ts";

export interface Bucket {
  list(options: { limit: number; cursor?: string }): Promise<{
    objects: { key: string; size: number }[];
    truncated: boolean;
    cursor?: string;
  }>;
  delete(keys: string[]): Promise<void>;
}

const PAGE = 1_000;

export class Buckets {
  readonly #folders: Folders;
  readonly #hosts: () => Iterable<WorkerHost>;

  constructor(folders: Folders, hosts: () => Iterable<WorkerHost>) {
    this.#folders = folders;
    this.#hosts = hosts;
  }

  list(name: string, limit: number) {
    return this.#with(name, async (bucket) => {
      const { objects, truncated } = await bucket.list({ limit: Math.min(limit, PAGE) });
      // Plain values: what Miniflare hands out can't be read once it is disposed.
      return { objects: objects.map(({ key, size }) => ({ key, size })), truncated };
    });
  }

  async deleteObject(name: string, key: string): Promise<void> {
    await this.#with(name, (bucket) => bucket.delete([key]));
  }

  async empty(name: string): Promise<void> {
    await this.#with(name, async (bucket) => {
      for (;;) {
        const { objects } = await bucket.list({ limit: PAGE });
        if (objects.length === 0) return;
        await bucket.delete(objects.map(({ key }) => key));
      }
    });
  }

  delete(name: string): void {
    rmSync(join(this.#folders.buckets, name), { recursive: true, force: true });
  }

  /** One workerd at a time may open a bucket's files: the Worker that is bound to it, else one for this call. */
  async #with<T>(name: string, action: (bucket: Bucket) => Promise<T>): Promise<T> {
    for (const host of this.#hosts()) {
      const binding = host.bindingOf(name);
      if (binding !== undefined) return action(await host.bucket(binding));
    }
    const miniflare = new Miniflare({
      modules: true,
      script: "export default {}",
      cf: false,
      log: new Log(LogLevel.NONE),
      r2Persist: this.#folders.buckets,
      r2Buckets: { BUCKET: name },
    });
    try {
      return await action((await miniflare.getR2Bucket("BUCKET")) as unknown as Bucket);
    } finally {
      await miniflare.dispose();
    }
  }
}
