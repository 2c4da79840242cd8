/** What a task looks like over HTTP: status, headers and body for each of its states. */

import type { TaskStatus } from "./contract.ts";
import { asProblem, FAILURES, INFRASTRUCTURE_FAILURES, ProblemError } from "./errors.ts";
import type { ReadResult, StoredResult } from "./results.ts";
import type { TaskPage } from "./task_table.ts";
import type { TaskView } from "./task_view.ts";

const RETRY_AFTER_S = 2;

function taskLocation(taskId: string): Record<"Task-Id" | "Location", string> {
  return { "Task-Id": taskId, Location: `/tasks/${taskId}` };
}

/** Does what a task's client waits for. Whatever it throws names the task, for that may go on all the same. */
export async function naming<T>(taskId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code, members, headers, cause } = asProblem(thrown);
    throw new ProblemError(code, { taskId, ...members }, { ...taskLocation(taskId), ...headers }, cause);
  }
}

/** 202: durable, and nothing more is promised yet. */
export function acceptedAnswer(view: TaskView): Response {
  const headers = {
    ...taskLocation(view.taskId),
    "Retry-After": String(RETRY_AFTER_S),
    "Preference-Applied": "respond-async",
  };
  return Response.json({ taskId: view.taskId, status: view.status }, { status: 202, headers });
}

/** The answer of an ended task to `POST /execute`: 200, 408 or 500. @throws ProblemError */
export function executeAnswer(result: StoredResult): Response {
  if (result.status === "timed_out") throw requestTimeout();
  if (result.code !== null && INFRASTRUCTURE_FAILURES.has(result.code)) {
    const members = {
      details: FAILURES[result.code],
      code: result.code,
      retryable: result.code === "SANDBOX_UNAVAILABLE",
    };
    throw new ProblemError("TASK_EXECUTION_FAILED", members);
  }
  const { taskId, success, stdout, stderr, output, status, code, execution_time_ms, truncated } = result;
  return Response.json(
    { taskId, success, stdout, stderr, output, status, code, execution_time_ms, truncated },
    { headers: taskLocation(taskId) },
  );
}

/** The saved answer of an ended task whose key came again. @throws ProblemError */
export function replayedAnswer(result: StoredResult): Response {
  const mark = { "Idempotency-Replayed": "true" };
  try {
    const { body, status, headers } = executeAnswer(result);
    return new Response(body, { status, headers: { ...Object.fromEntries(headers), ...mark } });
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    throw new ProblemError(thrown.code, thrown.members, { ...thrown.headers, ...mark });
  }
}

/** The key came before, and its task has not ended. */
export function requestInProgress(): ProblemError {
  return new ProblemError("REQUEST_IN_PROGRESS", {}, { "Retry-After": String(RETRY_AFTER_S) });
}

export function requestTimeout(): ProblemError {
  return new ProblemError("REQUEST_TIMEOUT", {}, { Connection: "close" });
}

export function statusAnswer(view: TaskView, status = 200): Response {
  const headers = view.hasEnded ? {} : { "Retry-After": String(RETRY_AFTER_S) };
  return Response.json(statusBody(view), { status, headers });
}

export function statusBody(view: TaskView): TaskStatus {
  return {
    taskId: view.taskId,
    status: view.status,
    attempts: view.attempts,
    timeout_ms: view.timeoutMs,
    created_at: isoTime(view.createdAtMs),
    started_at: view.startedAtMs === null ? null : isoTime(view.startedAtMs),
    ended_at: view.endedAtMs === null ? null : isoTime(view.endedAtMs),
  };
}

export function listAnswer({ tasks, cursor }: TaskPage): Response {
  const rows = tasks.map(({ taskId, status, createdAtMs }) => ({
    taskId,
    status,
    created_at: isoTime(createdAtMs),
  }));
  return Response.json({ tasks: rows, cursor });
}

export function resultAnswer(result: ReadResult): Response {
  const { timestamp } = JSON.parse(result.json) as StoredResult;
  const headers = {
    "Content-Type": "application/json",
    ETag: result.etag,
    "Last-Modified": new Date(timestamp).toUTCString(),
  };
  return new Response(result.json, { headers });
}

/** Pending and unknown are both 404, for the seed's clients take any 2xx for a result. */
export function resultNotFound(view: TaskView | null): ProblemError {
  if (view === null || view.hasEnded) return new ProblemError("RESULT_NOT_FOUND");
  const headers = { "Retry-After": String(RETRY_AFTER_S), Location: `/tasks/${view.taskId}` };
  return new ProblemError("RESULT_NOT_FOUND", { status: view.status }, headers);
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
