/** Cleaning: the task has ended for everybody; its container goes, then its slot. */

import type { Delay, Progress } from "../progress.ts";
import { publicStatus } from "../task_record.ts";

/**
 * A call that was under way at the end may come after it, and boot an empty container. By then it has been answered
 * or given up, and the container is destroyed once more.
 */
const LATE_CALLS_MS = 60_000;

/** Tried until it succeeds: a container that may still be there keeps its slot. */
export async function cleanUp(progress: Progress): Promise<Delay> {
  const { record, ports } = progress;
  await destroySandbox(progress);
  await ports.slots.release(record.taskId, publicStatus(record));
  ports.store.deletePrompt();
  progress.enter("ended");
  return LATE_CALLS_MS;
}

/** Ends the task's container, and does nothing where it never had one. */
export async function destroySandbox({ record, ports }: Progress): Promise<void> {
  if (record.attempts > 0) await ports.runner.destroy();
}
