/** `GET /tasks/{id}/events`: a task's states, as they come. */

import type { Call } from "../endpoint.ts";
import type { Client } from "../settings.ts";
import { eventNumber, lastEventNumber, taskEvents } from "../task_events.ts";
import type { TaskView } from "../task_view.ts";
import { knownTask } from "./tasks.ts";

const RESTART_PAUSE_MS = 1_000;

/** 204 tells the `EventSource` of a browser, which comes back after every end, that there is no more to come. */
export async function showEvents(call: Call, client: Client): Promise<Response> {
  const view = await knownTask(call, client);
  const seen = lastEventNumber(call.request.headers);
  if (view.hasEnded && seen >= eventNumber(view)) return new Response(null, { status: 204 });
  const events = taskEvents(view, seen, (known, timeoutMs) =>
    call.bindings.TASK.getByName(known.taskId)
      .awaitChange(client.name, known.status, timeoutMs)
      .catch(() => afterRestart(known)),
  );
  return new Response(events, { headers: { "Content-Type": "text/event-stream" } });
}

/** A task object that restarts while it is watched is asked again. */
function afterRestart(known: TaskView): Promise<TaskView> {
  return new Promise((resolve) => setTimeout(() => resolve(known), RESTART_PAUSE_MS));
}
