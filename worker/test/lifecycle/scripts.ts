/** The ways a task can go, each with the one end that it must come to, whatever dies on the way. */

import type { FailureCode } from "../../src/errors.ts";
import type { EndStatus } from "../../src/outcome.ts";
import { resultEvent, type SandboxScript, SUCCESS } from "../support/sandbox_script.ts";

interface Scripted {
  script: SandboxScript;
  status: EndStatus;
  code: FailureCode | null;
  /** How often the agent runs where no process dies; never more often where one does. */
  runs: 0 | 1;
}

const ALWAYS = Number.POSITIVE_INFINITY;

/** The cancellation comes in the first pause after the end of the run, and boots a container if it makes any call. */
const CANCELLED_LATE: SandboxScript = { ...SUCCESS, cancelAfterMs: SUCCESS.runMs + 1 };

const succeeded = (script: SandboxScript): Scripted => ({ script, status: "succeeded", code: null, runs: 1 });

export const SCRIPTS: Readonly<Record<string, Scripted>> = {
  the_agent_succeeds: succeeded(SUCCESS),
  the_agent_fails: {
    script: { runMs: 5_000, exitCode: 1, events: resultEvent({ is_error: true }) },
    status: "failed",
    code: "AGENT_ERROR",
    runs: 1,
  },
  the_agent_tells_no_result: {
    script: { runMs: 5_000, exitCode: 0, events: "garbage\n" },
    status: "failed",
    code: "NO_RESULT",
    runs: 1,
  },
  the_run_takes_too_long: { script: { runMs: 90_000 }, status: "timed_out", code: "RUN_TIMED_OUT", runs: 1 },
  the_run_does_not_end_when_its_time_is_up: {
    script: { runMs: ALWAYS, resists: true },
    status: "timed_out",
    code: "RUN_TIMED_OUT",
    runs: 1,
  },
  the_run_does_not_end_when_it_is_cancelled: {
    script: { runMs: ALWAYS, resists: true, cancelAfterMs: 15_000 },
    status: "cancelled",
    code: "CANCELLED",
    runs: 1,
  },
  the_client_cancels_the_run: {
    script: { runMs: 50_000, cancelAfterMs: 15_000 },
    status: "cancelled",
    code: "CANCELLED",
    runs: 1,
  },
  the_client_cancels_in_the_queue: {
    script: { ...SUCCESS, busyMs: 20_000, cancelAfterMs: 8_000, failures: { destroy: ALWAYS } },
    status: "cancelled",
    code: "CANCELLED",
    runs: 0,
  },
  the_runner_is_killed: {
    script: { runMs: 5_000, dies: true },
    status: "interrupted",
    code: "RUNNER_DIED",
    runs: 1,
  },
  the_container_vanishes: {
    script: { ...SUCCESS, vanishesAfterMs: 15_000 },
    status: "interrupted",
    code: "SANDBOX_LOST",
    runs: 1,
  },
  no_start_ever_arrives: {
    script: { ...SUCCESS, failures: { start: ALWAYS } },
    status: "interrupted",
    code: "SANDBOX_LOST",
    runs: 0,
  },
  no_sandbox_starts: {
    script: { ...SUCCESS, failures: { prepare: 100 } },
    status: "failed",
    code: "SANDBOX_UNAVAILABLE",
    runs: 0,
  },
  the_sandbox_is_never_reached_again: {
    script: { ...SUCCESS, failures: { poll: 100 } },
    status: "interrupted",
    code: "SANDBOX_LOST",
    runs: 1,
  },
  the_second_sandbox_starts: succeeded({ ...SUCCESS, failures: { prepare: 1 } }),
  the_start_does_not_arrive: succeeded({ ...SUCCESS, failures: { start: 1 } }),
  polls_fail_now_and_then: succeeded({ ...SUCCESS, failures: { poll: 3 } }),
  the_bucket_is_down_for_a_while: succeeded({ ...SUCCESS, failures: { create: 7 } }),
  the_raw_output_can_not_be_stored: succeeded({ ...SUCCESS, failures: { putFile: 100 } }),
  the_container_resists_its_end: succeeded({ ...SUCCESS, failures: { destroy: 20 } }),
  the_client_cancels_while_the_result_is_stored: succeeded({ ...CANCELLED_LATE, failures: { create: 3 } }),
  the_client_cancels_while_the_container_resists: succeeded({ ...CANCELLED_LATE, failures: { destroy: 3 } }),
  it_waits_for_a_slot: succeeded({ ...SUCCESS, busyMs: 20_000 }),
};
