/** The container instances: at most one for each Durable Object, as many as its application allows. */

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { InjectedFaults } from "../faults.ts";
import { errorText, logEvent } from "../log.ts";
import {
  type Container,
  type ContainerBackend,
  type Exit,
  type InstanceFolder,
  instanceFolder,
} from "./backend.ts";
import { type Egress, listenForEgress } from "./egress.ts";

export interface Application {
  image: string;
  max_instances: number;
}

/** Texts that the SDK recognises; see its platform-errors.ts and container.js. */
const NO_APPLICATION = "there is no container instance that can be provided to this durable object";
const NO_CAPACITY = "Maximum number of running container instances exceeded";

export interface Instance {
  readonly namespaceId: string;
  readonly objectId: string;
  readonly image: string;
  readonly startedAt: string;
  readonly container: Container;
}

interface Prepared {
  folder: InstanceFolder;
  egress: Egress;
  container: Container;
}

/** Where a container's outgoing requests are handled: its Durable Object, in the Worker that owns the namespace. */
export type EgressRoute = (namespaceId: string, objectId: string) => URL;

export class Instances {
  readonly #backend: ContainerBackend;
  readonly #faults: InjectedFaults;
  readonly #runFolder: string;
  readonly #route: EgressRoute;
  readonly #applications = new Map<string, Application>();
  readonly #instances = new Map<string, Promise<Instance>>();
  readonly #running = new Map<string, Instance>();
  #prepared: Promise<Prepared> | undefined;
  #count = 0;

  constructor(backend: ContainerBackend, faults: InjectedFaults, runFolder: string, route: EgressRoute) {
    this.#backend = backend;
    this.#faults = faults;
    this.#runFolder = runFolder;
    this.#route = route;
  }

  putApplication(namespaceId: string, application: Application): void {
    this.#applications.set(namespaceId, application);
    if (this.#prepared === undefined) this.#keepOneReady();
  }

  async deleteApplication(namespaceId: string): Promise<void> {
    this.#applications.delete(namespaceId);
    await this.#destroyAll((key) => key.startsWith(`${namespaceId}/`));
  }

  list(): Instance[] {
    return [...this.#running.values()];
  }

  /** Objects with a container now, for a Worker that starts while they run. */
  runningObjects(namespaceId: string): string[] {
    return this.list()
      .filter((instance) => instance.namespaceId === namespaceId)
      .map(({ objectId }) => objectId);
  }

  /** @throws Error in Cloudflare's words where no instance can be had */
  async start(namespaceId: string, objectId: string): Promise<void> {
    const key = `${namespaceId}/${objectId}`;
    const known = this.#instances.get(key);
    // A workerd that died while a container started asks for it again.
    if (known !== undefined) return void (await known);
    const application = this.#applications.get(namespaceId);
    if (application === undefined || this.#faults.takeFailure("container_start_failures"))
      throw new Error(NO_APPLICATION);
    if (this.#countOf(namespaceId) >= application.max_instances) throw new Error(NO_CAPACITY);
    const starting = this.#assign(namespaceId, objectId, application.image);
    this.#instances.set(key, starting);
    starting.catch(() => this.#instances.delete(key));
    await starting;
  }

  /** The instance, once it has started; undefined where there is none. */
  async find(namespaceId: string, objectId: string): Promise<Instance | undefined> {
    return this.#instances.get(`${namespaceId}/${objectId}`)?.catch(() => undefined);
  }

  async monitor(namespaceId: string, objectId: string): Promise<Exit> {
    const instance = await this.#instances.get(`${namespaceId}/${objectId}`);
    return instance?.container.exited ?? { code: 0, signal: null };
  }

  async signal(namespaceId: string, objectId: string, signal: NodeJS.Signals): Promise<void> {
    (await this.find(namespaceId, objectId))?.container.signal(signal);
  }

  async destroy(namespaceId: string, objectId: string): Promise<void> {
    await this.#destroyAll((key) => key === `${namespaceId}/${objectId}`);
  }

  /** Ends every container, those that still start and the prepared one too. */
  async close(): Promise<void> {
    this.#applications.clear();
    await this.#destroyAll(() => true);
    // Last, for each container that had not started took a prepared one and left another.
    const prepared = await this.#prepared?.catch(() => undefined);
    prepared?.container.signal("SIGKILL");
    await prepared?.container.exited;
  }

  /** One that still starts is awaited, then ended. */
  async #destroyAll(isMeant: (key: string) => boolean): Promise<void> {
    const meant = [...this.#instances].filter(([key]) => isMeant(key));
    await Promise.all(meant.map(([, starting]) => end(starting)));
  }

  #countOf(namespaceId: string): number {
    return [...this.#instances.keys()].filter((key) => key.startsWith(`${namespaceId}/`)).length;
  }

  async #assign(namespaceId: string, objectId: string, image: string): Promise<Instance> {
    await pause(this.#faults.current.container_start_delay_ms);
    const prepared = await this.#takePrepared();
    prepared.egress.routeTo(() => this.#route(namespaceId, objectId));
    const startedAt = new Date().toISOString();
    const instance = { namespaceId, objectId, image, startedAt, container: prepared.container };
    const key = `${namespaceId}/${objectId}`;
    this.#running.set(key, instance);
    void prepared.container.exited.then((exit) => {
      this.#running.delete(key);
      this.#instances.delete(key);
      logEvent("container_exited", { namespaceId, objectId, ...exit });
    });
    return instance;
  }

  /** Taken before any wait, or two objects would get the same container. */
  #takePrepared(): Promise<Prepared> {
    const taken = this.#prepared ?? this.#prepare();
    this.#keepOneReady();
    return taken;
  }

  /**
   * One instance stands ready ahead, as Cloudflare keeps some; it belongs to nobody and has run nothing. Where it did
   * not start, or has ended, the next start makes its own.
   */
  #keepOneReady(): void {
    const prepared = this.#prepare();
    const forget = (): void => {
      if (this.#prepared === prepared) this.#prepared = undefined;
    };
    this.#prepared = prepared;
    void prepared.then(({ container }) => container.exited).then(forget, forget);
  }

  async #prepare(): Promise<Prepared> {
    const folder = instanceFolder(join(this.#runFolder, String(++this.#count)));
    mkdirSync(folder.path, { mode: 0o700 });
    const egress = await listenForEgress(folder.egressSocket);
    try {
      const container = await this.#backend.start(folder);
      void container.exited.then(() => this.#tidy(folder, egress));
      return { folder, egress, container };
    } catch (thrown) {
      logEvent("container_start_failed", { error: errorText(thrown) });
      this.#tidy(folder, egress);
      throw thrown;
    }
  }

  #tidy(folder: InstanceFolder, egress: Egress): void {
    egress.close();
    rmSync(folder.path, { recursive: true, force: true });
  }
}

async function end(starting: Promise<Instance>): Promise<void> {
  const instance = await starting.catch(() => undefined);
  instance?.container.signal("SIGKILL");
  await instance?.container.exited;
}
