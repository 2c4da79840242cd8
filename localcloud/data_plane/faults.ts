/** Faults that a test asks for. They are off unless the data plane was started with `--faults`. */

import * as z from "zod";

const count = z.int().nonnegative().default(0);

export const Faults = z.strictObject({
  /** Every container takes this much longer to start. */
  container_start_delay_ms: count,
  /** So many of the next container starts fail, as on a platform without a free instance. */
  container_start_failures: count,
  /** Every R2 put of a Durable Object takes this much longer. */
  bucket_put_delay_ms: count,
  /** So many of the next R2 puts of a Durable Object fail. */
  bucket_put_failures: count,
});
export type Faults = z.infer<typeof Faults>;

type FailureCount = "container_start_failures" | "bucket_put_failures";

export class InjectedFaults {
  readonly isEnabled: boolean;
  #faults: Faults = Faults.parse({});

  constructor(isEnabled: boolean) {
    this.isEnabled = isEnabled;
  }

  get current(): Faults {
    return this.#faults;
  }

  replace(faults: Faults): void {
    this.#faults = { ...faults };
  }

  /** Uses up one failure, if one is left. */
  takeFailure(which: FailureCount): boolean {
    if (this.#faults[which] === 0) return false;
    this.#faults[which] -= 1;
    return true;
  }
}
