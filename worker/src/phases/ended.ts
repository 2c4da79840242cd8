/** Ended: the task is remembered as long as its result is, then forgotten. */

import type { Delay, Progress } from "../progress.ts";

export async function expire({ record, ports }: Progress): Promise<Delay> {
  const remainingMs = (record.endedAtMs ?? 0) + ports.retentionMs - ports.now();
  if (remainingMs > 0) return remainingMs;
  await ports.slots.forget(record.taskId);
  ports.store.clear();
  return null;
}
