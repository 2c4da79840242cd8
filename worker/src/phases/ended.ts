/** Ended: the task is remembered as long as its result is, then both are forgotten. */

import type { Delay, Progress } from "../progress.ts";
import { destroySandbox } from "./cleaning.ts";

export async function expire(progress: Progress): Promise<Delay> {
  const { record, ports } = progress;
  await destroySandbox(progress);
  const remainingMs = (record.endedAtMs ?? 0) + ports.retentionMs - ports.now();
  if (remainingMs > 0) return remainingMs;
  await forget(progress);
  return null;
}

/** The result goes with its task, or a key that comes again would be answered with it. */
export async function forget({ record, ports }: Progress): Promise<void> {
  await ports.results.delete(record.taskId);
  await ports.slots.forget(record.taskId);
  ports.store.clear();
}
