/** The object of one task, without the platform around it: its alarm is kept, and comes only where a test lets it. */

import type { Admission } from "../../src/queue.ts";
import { Task } from "../../src/task.ts";
import { Bucket } from "./bucket.ts";
import { ObjectStorage } from "./object_storage.ts";
import { SandboxDouble } from "./sandbox_double.ts";
import { SETTINGS } from "./settings.ts";

export class TaskObject {
  readonly storage = new ObjectStorage(() => undefined);
  readonly bucket = new Bucket();
  readonly sandbox = new SandboxDouble();
  readonly bindings: Record<string, unknown>;
  task: Task;

  /** What the queue says to each new task, in turn. */
  constructor(...admissions: Promise<Admission>[]) {
    const queue = {
      admit: () => admissions.shift() ?? Promise.resolve("admitted"),
      acquire: async () => true,
      release: async () => undefined,
      forget: async () => undefined,
    };
    this.bindings = {
      SETTINGS: JSON.stringify(SETTINGS),
      RESULTS: this.bucket,
      TASK_QUEUE: { getByName: () => queue },
      Sandbox: { getByName: () => this.sandbox },
    };
    this.task = this.#made();
  }

  /** A new version of the Worker: the object's memory is lost, and `SETTINGS` may be another text. */
  deploy(settings = JSON.stringify(SETTINGS)): void {
    this.bindings["SETTINGS"] = settings;
    this.task = this.#made();
  }

  /** Delivers the alarm, as the platform does: it is taken away before. */
  async alarm(): Promise<void> {
    if ((await this.storage.getAlarm()) === null) throw new Error("no alarm is set");
    this.storage.takeAlarm();
    await this.task.alarm();
  }

  /** Delivers alarms until the task has ended; tells how. */
  async ended(): Promise<string> {
    for (;;) {
      const status = await this.task.endStatus();
      if (status !== null) return status;
      await this.alarm();
    }
  }

  #made(): Task {
    return new Task({ storage: this.storage, waitUntil: () => undefined } as never, this.bindings as never);
  }
}
