/** Starting: a sandbox is booted, gets the prompt, and is told to run it. */

import { errorText } from "../log.ts";
import { noOutput } from "../outcome.ts";
import type { Delay, Progress } from "../progress.ts";

const MAX_ATTEMPTS = 3;

/** Until `mayHaveStarted` is written nothing has run, and all of it may be done again, in the same sandbox or another. */
export async function startInSandbox(progress: Progress): Promise<Delay> {
  const { record, ports } = progress;
  if (record.mayHaveStarted) return progress.enter("running");
  if (record.isCancelRequested) return progress.cancelled();
  record.attempts += 1;
  progress.save();
  await ports.runner.prepare(ports.store.loadPrompt());
  if (record.isCancelRequested) return progress.cancelled();
  record.mayHaveStarted = true;
  record.startedAtMs = ports.now();
  progress.save();
  await startRun(progress);
  return progress.enter("running");
}

/** A start call that fails may still have arrived. The next poll tells. */
export async function startRun(progress: Progress): Promise<void> {
  try {
    await progress.ports.runner.start();
    progress.log("run_started", { attempts: progress.record.attempts });
  } catch (thrown) {
    progress.log("run_start_unanswered", { error: errorText(thrown) });
  }
}

/** Null where another attempt may be made: in a fresh container, after a pause in which the old one's end is heard. */
export async function giveUpOrDiscard(progress: Progress): Promise<Delay> {
  if (progress.record.attempts >= MAX_ATTEMPTS)
    return progress.decide(noOutput("failed", "SANDBOX_UNAVAILABLE"));
  try {
    await progress.ports.runner.destroy();
  } catch (thrown) {
    progress.log("sandbox_not_discarded", { error: errorText(thrown) });
  }
  return null;
}
