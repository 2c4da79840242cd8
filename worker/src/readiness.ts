/** Whether a task could run now: everything it needs is looked at, without starting anything or asking the model. */

import type { Bindings } from "./bindings.ts";
import { QUEUE_NAME } from "./queue.ts";
import { readCredential, readSettings } from "./settings.ts";

export interface ReadinessChecks {
  [check: string]: boolean;
}

export async function checkReadiness(bindings: Bindings): Promise<ReadinessChecks> {
  const [results, queue] = await Promise.all([
    holds(() => bindings.RESULTS.head("readiness")),
    holds(() => bindings.TASK_QUEUE.getByName(QUEUE_NAME).list("", null, 1, null)),
  ]);
  const credential = await holds(() => readCredential(bindings, readSettings(bindings).claude.credential));
  return { credential, results, queue };
}

async function holds(check: () => unknown): Promise<boolean> {
  try {
    await check();
    return true;
  } catch {
    return false;
  }
}
