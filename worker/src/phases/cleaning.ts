/** Cleaning: the task has ended for everybody; its container goes, then its slot. */

import type { Delay, Progress } from "../progress.ts";
import { publicStatus } from "../task_record.ts";

export async function cleanUp(progress: Progress): Promise<Delay> {
  const { record, ports } = progress;
  if (record.attempts > 0 && !progress.hasFailedTooOften) await ports.runner.destroy();
  await ports.slots.release(record.taskId, publicStatus(record));
  ports.store.deletePrompt();
  return progress.enter("ended");
}
