/** The Workers that are served, by name. */

import type { Upload } from "./upload.ts";
import { type HostSettings, WorkerHost } from "./worker_host.ts";

export class Workers {
  readonly #settings: HostSettings;
  readonly #hosts = new Map<string, WorkerHost>();

  constructor(settings: HostSettings) {
    this.#settings = settings;
  }

  hosts(): Iterable<WorkerHost> {
    return this.#hosts.values();
  }

  /** @throws Error with workerd's words where the module does not start; what was served before is served again */
  async serve(name: string, upload: Upload): Promise<string> {
    const known = this.#hosts.get(name);
    const host = known ?? new WorkerHost(name, upload, this.#settings);
    this.#hosts.set(name, host);
    try {
      await host.serve(upload);
    } catch (thrown) {
      if (known === undefined) await this.stop(name, false);
      else await host.resume();
      throw thrown;
    }
    return `http://127.0.0.1:${upload.port}`;
  }

  async stop(name: string, isPurge: boolean): Promise<void> {
    const host = this.#hosts.get(name);
    this.#hosts.delete(name);
    await host?.stop();
    if (isPurge)
      for (const namespaceId of host?.namespaceIds ?? []) this.#settings.folders.deleteObjects(namespaceId);
  }

  egressRoute(namespaceId: string, objectId: string): URL {
    for (const host of this.hosts())
      if (host.ownsNamespace(namespaceId)) return host.egressRoute(namespaceId, objectId);
    throw new Error(`no Worker serves the namespace ${namespaceId}`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.hosts()].map((host) => host.stop()));
  }
}
