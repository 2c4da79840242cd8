/**
 * A task's states as Server-Sent Events. An event's id is the number of the state, 1 queued, 2 running, 3 ended: it
 * means the same on every connection, so `Last-Event-ID` takes up where another one broke off and nothing is kept.
 */

import { statusBody } from "./answers.ts";
import type { TaskView } from "./task_view.ts";

/** Half of what a client or a proxy may take for a dead connection. */
const PING_MS = 10_000;
const RECONNECT_MS = 2_000;

const PING = ": ping\n\n";

/** The task once its status is another one, or as it is when the time is up; null once it is gone. */
export type AwaitChange = (known: TaskView, timeoutMs: number) => Promise<TaskView | null>;

/** The number of the last event that a client has seen, 0 for none or for one that is not ours. */
export function lastEventNumber(headers: Headers): number {
  const id = headers.get("last-event-id") ?? "";
  return /^[1-3]$/.test(id) ? Number(id) : 0;
}

export function eventNumber(view: TaskView): number {
  if (view.hasEnded) return 3;
  return view.status === "queued" ? 1 : 2;
}

/** Each state that the client has not seen, from the present one on; closed after the last. */
export function taskEvents(
  first: TaskView,
  seen: number,
  awaitChange: AwaitChange,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let view: TaskView | null = null;
  let sent = seen;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(`retry: ${RECONNECT_MS}\n\n`)),
    async pull(controller) {
      view = view === null ? first : await awaitChange(view, PING_MS);
      if (view === null) return controller.close();
      controller.enqueue(encoder.encode(eventNumber(view) > sent ? event(view) : PING));
      sent = Math.max(sent, eventNumber(view));
      if (view.hasEnded) controller.close();
    },
  });
}

function event(view: TaskView): string {
  return `id: ${eventNumber(view)}\nevent: status\ndata: ${JSON.stringify(statusBody(view))}\n\n`;
}
