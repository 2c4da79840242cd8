/** Running: the run is watched until it has ended, its time is up, or its client ends it. */

import { capped, readCapped } from "../lines.ts";
import {
  answerText,
  noOutput,
  type Outcome,
  type ResultEvent,
  readResultEvent,
  verdict,
} from "../outcome.ts";
import type { Delay, Progress } from "../progress.ts";
import type { RunState } from "../runner.ts";
import { startRun } from "./starting.ts";

const POLL_SECONDS = 10;
/** An alarm holds one long poll; the next one follows at once. */
const NEXT_ALARM_MS = 1;

/** One that still runs after so many stops, each of which ends in a SIGKILL, ends with its container. */
const MAX_STOPS = 2;

type Verdict = Pick<Outcome, "status" | "code">;

export async function watchRun(progress: Progress): Promise<Delay> {
  const isToEnd = progress.record.isCancelRequested || progress.remainingMs <= 0;
  const state = await look(progress, isToEnd);
  switch (state.state) {
    case "running":
      return isToEnd ? stopAgain(progress) : goOn(progress);
    case "exited":
      return collect(progress, (event) => verdict(state.exitCode, event));
    case "died":
      return collect(progress, () => ({ status: "interrupted", code: "RUNNER_DIED" }));
    case "absent":
      return progress.decide(noOutput("interrupted", "SANDBOX_LOST"));
    case "prepared":
      return startAgain(progress);
  }
}

/** The run is stopped where its time is up or its end was asked for; else one long poll. */
function look({ ports, remainingMs }: Progress, isToEnd: boolean): Promise<RunState> {
  if (isToEnd) return ports.runner.stop();
  return ports.runner.poll(Math.min(POLL_SECONDS, Math.ceil(remainingMs / 1000)));
}

/** A look that succeeded ends the failures in a row. */
function goOn(progress: Progress): Delay {
  if (progress.record.failures > 0) {
    progress.record.failures = 0;
    progress.save();
  }
  return NEXT_ALARM_MS;
}

async function stopAgain(progress: Progress): Promise<Delay> {
  progress.record.failures += 1;
  if (progress.record.failures >= MAX_STOPS)
    return collect(progress, () => ({ status: "interrupted", code: "RUNNER_DIED" }));
  progress.save();
  return NEXT_ALARM_MS;
}

/**
 * The container that got the prompt says that nothing ran in it, and it would refuse a second run. The start that was
 * sent may still arrive, so nobody is told that the task never ran.
 */
async function startAgain(progress: Progress): Promise<Delay> {
  if (progress.record.isCancelRequested) return progress.cancelled();
  if (progress.remainingMs <= 0) return progress.decide(noOutput("timed_out", "RUN_TIMED_OUT"));
  progress.record.failures += 1;
  if (progress.hasFailedTooOften) return progress.decide(noOutput("interrupted", "SANDBOX_LOST"));
  progress.save();
  await startRun(progress);
  return 0;
}

async function collect(progress: Progress, judge: (event: ResultEvent | null) => Verdict): Promise<Delay> {
  const { runner, maxInlineOutputBytes } = progress.ports;
  const events = await runner.open("events");
  const event = events === null ? null : await readResultEvent(events.body);
  const errors = await runner.open("stderr");
  const stdout = capped(answerText(event), maxInlineOutputBytes);
  const stderr = errors === null ? capped("", 0) : await readCapped(errors.body, maxInlineOutputBytes);
  return progress.decide({
    ...unlessStopped(progress, judge(event)),
    stdout: stdout.text,
    stderr: stderr.text,
    isTruncated: stdout.isTruncated || stderr.isTruncated,
    costUsd: event?.total_cost_usd ?? null,
    turns: event?.num_turns ?? null,
    permissionDenials: event?.permission_denials ?? [],
    sessionId: event?.session_id ?? null,
  });
}

/** A run that succeeded before the stop reached it has succeeded. */
function unlessStopped({ record, remainingMs }: Progress, judged: Verdict): Verdict {
  if (judged.status === "succeeded") return judged;
  if (record.isCancelRequested) return { status: "cancelled", code: "CANCELLED" };
  return remainingMs <= 0 ? { status: "timed_out", code: "RUN_TIMED_OUT" } : judged;
}
