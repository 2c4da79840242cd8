import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Container, ContainerBackend, Exit, InstanceFolder } from "../containers/backend.ts";
import { Instances } from "../containers/instances.ts";
import { InjectedFaults } from "../faults.ts";

const NAMESPACE = "namespace";

class FakeContainer implements Container {
  readonly pid = 0;
  readonly serverSocket = "";
  readonly #exit = Promise.withResolvers<Exit>();
  readonly exited = this.#exit.promise;
  isAlive = true;

  signal(signal: NodeJS.Signals): void {
    this.isAlive = false;
    this.#exit.resolve({ code: null, signal });
  }
}

/** Starts containers when it is told to; the first ones may fail. */
class FakeBackend implements ContainerBackend {
  readonly isolation = "none";
  readonly started: FakeContainer[] = [];
  failures = 0;
  isHeld = false;
  readonly #held: (() => void)[] = [];

  async start(_folder: InstanceFolder): Promise<Container> {
    if (this.isHeld) await new Promise<void>((release) => this.#held.push(release));
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("no server");
    }
    const container = new FakeContainer();
    this.started.push(container);
    return container;
  }

  release(): void {
    this.isHeld = false;
    for (const release of this.#held) release();
  }

  get alive(): number {
    return this.started.filter(({ isAlive }) => isAlive).length;
  }
}

let folder: string;
let backend: FakeBackend;
let instances: Instances;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "instances-"));
  backend = new FakeBackend();
  instances = new Instances(backend, new InjectedFaults(false), folder, () => new URL("http://nobody"));
});

afterEach(async () => {
  await instances.close();
  rmSync(folder, { recursive: true });
});

function putApplication(): void {
  instances.putApplication(NAMESPACE, { image: "image", max_instances: 5 });
}

/** What fails in the background, as the process itself would hear of it. */
async function unhandled(action: () => Promise<void>): Promise<unknown[]> {
  const heard: unknown[] = [];
  const hear = (reason: unknown): void => void heard.push(reason);
  process.on("unhandledRejection", hear);
  await action();
  await new Promise((done) => setImmediate(done));
  process.off("unhandledRejection", hear);
  return heard;
}

test("a container that could not be kept ready is no end of the data plane", async () => {
  backend.failures = 1;
  const heard = await unhandled(async () => {
    putApplication();
    await vi.waitFor(() => expect(backend.failures).toBe(0));
  });
  expect(heard).toEqual([]);
});

test("a container that could not be kept ready is in nobody's way", async () => {
  backend.failures = 1;
  putApplication();
  await vi.waitFor(() => expect(backend.failures).toBe(0));
  await instances.start(NAMESPACE, "object");
  expect(instances.runningObjects(NAMESPACE)).toEqual(["object"]);
});

test("a container that ended while it was kept ready is handed to nobody", async () => {
  putApplication();
  await vi.waitFor(() => expect(backend.started).toHaveLength(1));
  backend.started[0]?.signal("SIGKILL");
  await new Promise((done) => setImmediate(done));
  await instances.start(NAMESPACE, "object");
  expect(
    instances.list().map(({ container }) => backend.started.indexOf(container as FakeContainer)),
  ).toEqual([1]);
});

test("an application that is deleted takes the containers with it that still start", async () => {
  backend.isHeld = true;
  putApplication();
  const starting = instances.start(NAMESPACE, "object");
  const deleted = instances.deleteApplication(NAMESPACE);
  backend.release();
  await Promise.all([starting, deleted]);
  expect(backend.started[0]?.isAlive).toBe(false);
  expect(instances.list()).toEqual([]);
});

test("closing ends what runs, what still starts and what is kept ready, and starts nothing more", async () => {
  putApplication();
  await instances.start(NAMESPACE, "running");
  backend.isHeld = true;
  const starting = instances.start(NAMESPACE, "starting");
  const closed = instances.close();
  backend.release();
  await Promise.all([starting, closed]);
  expect(backend.alive).toBe(0);
  await expect(instances.start(NAMESPACE, "later")).rejects.toThrow("no container instance");
});
