/** A client's own tasks: listed, shown, cancelled, deleted. */

import { listAnswer, resultAnswer, resultNotFound, statusAnswer } from "../answers.ts";
import { ListQuery } from "../contract.ts";
import type { Call } from "../endpoint.ts";
import { ProblemError } from "../errors.ts";
import { QUEUE_NAME } from "../queue.ts";
import { BucketResults } from "../results.ts";
import type { Client } from "../settings.ts";
import type { TaskView } from "../task_view.ts";

const TASK_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export async function listTasks({ request, bindings }: Call, client: Client): Promise<Response> {
  const query = ListQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) {
    const errors = query.error.issues.map((issue) => ({
      pointer: `/${issue.path.join("/")}`,
      detail: issue.message,
    }));
    throw new ProblemError("INVALID_REQUEST", { errors });
  }
  const { status, limit, cursor } = query.data;
  return listAnswer(await bindings.TASK_QUEUE.getByName(QUEUE_NAME).list(client.name, status, limit, cursor));
}

export async function showTask(call: Call, client: Client): Promise<Response> {
  return statusAnswer(await knownTask(call, client));
}

export async function showResult(call: Call, client: Client): Promise<Response> {
  const view = await describe(call, client);
  const result = view?.hasEnded ? await new BucketResults(call.bindings.RESULTS).read(view.taskId) : null;
  if (result === null) throw resultNotFound(view);
  return resultAnswer(result);
}

export async function cancelTask(call: Call, client: Client): Promise<Response> {
  const view = await knownTask(call, client);
  if (view.hasEnded) return statusAnswer(view);
  const cancelled = await call.bindings.TASK.getByName(view.taskId).cancel(client.name);
  return statusAnswer(cancelled ?? view, 202);
}

export async function deleteTask(call: Call, client: Client): Promise<Response> {
  const view = await describe(call, client);
  const deletion =
    view === null ? "unknown" : await call.bindings.TASK.getByName(view.taskId).delete(client.name);
  if (deletion === "running") throw new ProblemError("TASK_IN_PROGRESS", { taskId: view?.taskId });
  return new Response(null, { status: 204 });
}

/** An id that is none, another client's task and no task at all look the same. */
async function describe({ bindings, parameters }: Call, client: Client): Promise<TaskView | null> {
  const taskId = parameters["taskId"] ?? "";
  return TASK_ID.test(taskId) ? bindings.TASK.getByName(taskId).describe(client.name) : null;
}

/** @throws ProblemError TASK_NOT_FOUND */
export async function knownTask(call: Call, client: Client): Promise<TaskView> {
  const view = await describe(call, client);
  if (view === null) throw new ProblemError("TASK_NOT_FOUND");
  return view;
}
