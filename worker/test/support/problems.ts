/** What a call was refused with. */

import { ProblemError } from "../../src/errors.ts";

/** The problem that the call throws. Anything else, and no throw at all, fails the test. */
export async function refusal(call: () => unknown): Promise<ProblemError> {
  try {
    await call();
  } catch (thrown) {
    if (thrown instanceof ProblemError) return thrown;
    throw thrown;
  }
  throw new Error("was not refused");
}
