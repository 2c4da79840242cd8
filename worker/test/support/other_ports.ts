/** The bucket and the queue of slots, as far as the life cycle of one task calls them. */

import type { Results } from "../../src/results.ts";
import type { Slots } from "../../src/task_ports.ts";
import { TASK, type TaskWorld } from "./task_world.ts";

export function bucketOf(world: TaskWorld): Results {
  return {
    create: async (result) => {
      if (world.fails("create")) throw new Error("scripted: create (10001)");
      world.stored ??= structuredClone(result);
      return JSON.stringify(world.stored) === JSON.stringify(result);
    },
    putFile: async (_taskId, file, { body }) => {
      if (world.fails("putFile")) throw new Error("scripted: putFile (10001)");
      world.files.set(file, await new Response(body).text());
    },
    read: async () => missing("reader of results"),
    delete: async () => {
      world.stored = null;
      world.files.clear();
      world.isResultDeleted = true;
    },
  };
}

export function slotsOf(world: TaskWorld): Slots {
  return {
    acquire: async () => {
      if (world.nowMs - TASK.createdAtMs < (world.script.busyMs ?? 0)) return false;
      world.slot = "held";
      return true;
    },
    release: async (_taskId, status) => {
      world.slot = { released: status };
    },
    forget: async () => {
      world.slot = "forgotten";
    },
  };
}

export function missing(what: string): never {
  throw new Error(`the life cycle has no ${what} here`);
}
