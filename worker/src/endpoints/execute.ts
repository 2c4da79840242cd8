/** `POST /execute`: accepts a task, and waits for its end where the client does not prefer otherwise. */

import {
  acceptedAnswer,
  executeAnswer,
  naming,
  replayedAnswer,
  requestInProgress,
  requestTimeout,
} from "../answers.ts";
import type { Bindings } from "../bindings.ts";
import type { ExecuteInput } from "../contract.ts";
import type { Call } from "../endpoint.ts";
import { ProblemError } from "../errors.ts";
import { sha256, taskIdFor } from "../idempotency.ts";
import { QUEUE_NAME } from "../queue.ts";
import { requireRate } from "../rate_limit.ts";
import { readExecuteInput } from "../request_body.ts";
import { BucketResults, type StoredResult } from "../results.ts";
import { type Client, readSettings } from "../settings.ts";
import type { Submission } from "../task.ts";
import type { NewTask } from "../task_record.ts";
import type { TaskView } from "../task_view.ts";

const RESTART_PAUSE_MS = 100;

export async function execute({ request, bindings }: Call, client: Client): Promise<Response> {
  requireRate(await bindings.TASK_QUEUE.getByName(QUEUE_NAME).countRequest(client.name));
  const input = await readExecuteInput(request, readSettings(bindings).limits);
  const taskId = await taskIdFor(client.name, request.headers.get("idempotency-key"));
  const task = await newTask(taskId, client, input);
  const submit = async () => bindings.TASK.getByName(taskId).submit(task, input.prompt);
  const { view, isNew } = taken(await naming(taskId, submit));
  if (!isNew) return naming(taskId, () => replay(bindings, view));
  if (prefersAsync(request.headers)) return acceptedAnswer(view);
  return naming(taskId, () => answerWhenEnded(bindings, client, task));
}

async function newTask(
  taskId: string,
  client: Client,
  { prompt, timeoutMs }: ExecuteInput,
): Promise<NewTask> {
  return {
    taskId,
    owner: client.name,
    timeoutMs,
    createdAtMs: Date.now(),
    promptSha256: (await sha256(prompt)).toHex(),
    promptBytes: new TextEncoder().encode(prompt).length,
    fingerprint: (await sha256(JSON.stringify([prompt, timeoutMs]))).toHex(),
  };
}

/** @throws ProblemError CAPACITY_EXHAUSTED or IDEMPOTENCY_KEY_REUSED */
function taken(submission: Submission): { view: TaskView; isNew: boolean } {
  switch (submission.kind) {
    case "full":
      throw new ProblemError("CAPACITY_EXHAUSTED", { retryable: true }, { "Retry-After": "10" });
    case "key_reused":
      throw new ProblemError("IDEMPOTENCY_KEY_REUSED");
    case "known":
      return { view: submission.view, isNew: false };
    case "accepted":
      return { view: submission.view, isNew: true };
  }
}

/** The key came before: its task's answer, or where to wait for it. */
async function replay(bindings: Bindings, view: TaskView): Promise<Response> {
  if (!view.hasEnded) throw requestInProgress();
  return replayedAnswer(await storedResult(bindings, view.taskId));
}

/** A task object that restarts while it is waited for is asked again, until the time is up. */
async function answerWhenEnded(
  bindings: Bindings,
  client: Client,
  { taskId, createdAtMs, timeoutMs }: NewTask,
): Promise<Response> {
  const deadlineMs = createdAtMs + timeoutMs;
  for (let nowMs = Date.now(); nowMs < deadlineMs; nowMs = Date.now()) {
    const waiting = bindings.TASK.getByName(taskId).awaitEnd(client.name, deadlineMs - nowMs);
    const view = await waiting.catch(afterRestart);
    if (view === null) throw new ProblemError("RESULT_NOT_FOUND");
    if (view?.hasEnded) return executeAnswer(await storedResult(bindings, taskId));
  }
  throw requestTimeout();
}

function afterRestart(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), RESTART_PAUSE_MS));
}

async function storedResult(bindings: Bindings, taskId: string): Promise<StoredResult> {
  const read = await new BucketResults(bindings.RESULTS).read(taskId);
  if (read === null) throw new ProblemError("RESULT_NOT_FOUND");
  return JSON.parse(read.json) as StoredResult;
}

function prefersAsync(headers: Headers): boolean {
  const preferences = headers.get("prefer")?.toLowerCase().split(",") ?? [];
  return preferences.some((preference) => preference.split(";")[0]?.trim() === "respond-async");
}
