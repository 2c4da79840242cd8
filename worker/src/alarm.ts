/** Alarms that are not lost: the platform gives one up after six tries, and then nothing wakes its object any more. */

import { errorText, logEvent } from "./log.ts";

/** Long enough for a deployment or a storage that is broken, short enough for one that is mended. */
const RETRY_MS = 30_000;

/** Does an alarm's work. What it throws is logged, and the alarm is set again. */
export async function doOrRetry(storage: DurableObjectStorage, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    logEvent("alarm_failed", { error: errorText(thrown) });
    await storage.setAlarm(Date.now() + RETRY_MS);
  }
}
