/** Queued: the task waits for one of the deployment's slots. */

import type { Delay, Progress } from "../progress.ts";

/** A waiting task asks for itself this often; normally the queue wakes it as soon as a slot is free. */
const QUEUE_POLL_MS = 5_000;

export async function waitForSlot(progress: Progress): Promise<Delay> {
  const { taskId, owner, createdAtMs, isCancelRequested } = progress.record;
  if (isCancelRequested) return progress.cancelled();
  const hasSlot = await progress.ports.slots.acquire(taskId, owner, createdAtMs);
  return hasSlot ? progress.enter("starting") : QUEUE_POLL_MS;
}
