/** Storing: the end is decided, and goes into the bucket before anybody hears of it. */

import type { Delay, Progress } from "../progress.ts";

export async function storeResult(progress: Progress): Promise<Delay> {
  const { record, ports } = progress;
  if (!record.hasStoredFiles && !progress.hasFailedTooOften) await storeFiles(progress);
  const result = ports.store.loadResult();
  const isStored = await ports.results.create(result);
  if (!isStored) progress.log("result_conflict", { status: record.endStatus });
  progress.log("task_ended", { status: record.endStatus, code: result.code, attempts: record.attempts });
  return progress.enter("cleaning");
}

/** The raw output is worth a few tries; the result itself does not depend on it. */
async function storeFiles(progress: Progress): Promise<void> {
  const { runner, results } = progress.ports;
  for (const file of ["events", "stderr"] as const) {
    const output = await runner.open(file);
    if (output !== null) await results.putFile(progress.record.taskId, file, output);
  }
  progress.record.hasStoredFiles = true;
  progress.save();
}
