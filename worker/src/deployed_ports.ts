/** What one task has of this deployment: its sandbox, the bucket of results, the queue. */

import type { Bindings } from "./bindings.ts";
import { logEvent } from "./log.ts";
import { QUEUE_NAME } from "./queue.ts";
import { BucketResults } from "./results.ts";
import { SandboxRunner } from "./sandbox.ts";
import { readSettings } from "./settings.ts";
import type { Slots, TaskPorts } from "./task_ports.ts";
import type { NewTask } from "./task_record.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The ports but those that are the task object's own. @throws ProblemError NOT_CONFIGURED */
export function deployedPorts(
  bindings: Bindings,
  { taskId, timeoutMs }: NewTask,
): Omit<TaskPorts, "store" | "onPhase"> {
  const settings = readSettings(bindings);
  return {
    runner: new SandboxRunner(bindings.Sandbox, taskId, timeoutMs, settings),
    results: new BucketResults(bindings.RESULTS),
    slots: slots(bindings),
    now: Date.now,
    log: logEvent,
    maxInlineOutputBytes: settings.limits.maxInlineOutputBytes,
    retentionMs: settings.results.retentionDays * DAY_MS,
  };
}

/** A stub is asked for at each call: one whose object has restarted fails for good. */
function slots({ TASK_QUEUE }: Bindings): Slots {
  const queue = () => TASK_QUEUE.getByName(QUEUE_NAME);
  return {
    acquire: async (...task) => queue().acquire(...task),
    release: async (...end) => queue().release(...end),
    forget: async (taskId) => queue().forget(taskId),
  };
}
