import { expect, test } from "vitest";
import { type AwaitChange, lastEventNumber, taskEvents } from "../src/task_events.ts";
import type { TaskView } from "../src/task_view.ts";

const QUEUED: TaskView = {
  taskId: "a1b2c3d4-e5f6-4890-abcd-ef1234567890",
  status: "queued",
  hasEnded: false,
  attempts: 0,
  timeoutMs: 60_000,
  createdAtMs: 0,
  startedAtMs: null,
  endedAtMs: null,
};
const RUNNING: TaskView = { ...QUEUED, status: "running" };
const ENDED: TaskView = { ...RUNNING, status: "succeeded", hasEnded: true, startedAtMs: 1, endedAtMs: 2 };

/** Tells of these states one after the other. */
const telling =
  (...views: (TaskView | null)[]): AwaitChange =>
  async () =>
    views.shift() ?? null;

/** What a client reads, block by block, from the first view to the end of the stream. */
async function blocks(first: TaskView, seen: number, change: AwaitChange): Promise<string[]> {
  const text = await new Response(taskEvents(first, seen, change)).text();
  return text.split("\n\n").slice(1, -1);
}

const idsOf = (read: string[]): string[] => read.flatMap((block) => /^id: (\d)$/m.exec(block)?.[1] ?? []);

test("tells_each_state_once_and_ends_with_the_task", async () => {
  expect(idsOf(await blocks(QUEUED, 0, telling(RUNNING, ENDED, RUNNING)))).toEqual(["1", "2", "3"]);
});

test("tells_an_ended_task_at_once", async () => {
  const [only] = await blocks(ENDED, 0, telling());
  expect(only).toMatch(/^id: 3\nevent: status\ndata: \{.*"status":"succeeded".*\}$/);
});

test("takes_up_after_the_last_event_that_was_seen", async () => {
  expect(idsOf(await blocks(RUNNING, 2, telling(ENDED)))).toEqual(["3"]);
});

test("pings_where_nothing_has_changed", async () => {
  expect(await blocks(RUNNING, 2, telling(RUNNING, ENDED))).toEqual([
    ": ping",
    ": ping",
    expect.stringMatching(/^id: 3/),
  ]);
});

test("ends_where_the_task_is_gone", async () => {
  expect(idsOf(await blocks(QUEUED, 0, telling(null)))).toEqual(["1"]);
});

test("waits_at_most_15_seconds_for_a_ping", async () => {
  const waits: number[] = [];
  await blocks(QUEUED, 0, async (_known, timeoutMs) => {
    waits.push(timeoutMs);
    return ENDED;
  });
  expect(waits.every((timeoutMs) => timeoutMs <= 15_000)).toBe(true);
});

test("tells_nothing_of_the_owner_and_the_prompt", async () => {
  const data = (await blocks(ENDED, 0, telling()))[0]?.split("data: ")[1] ?? "";
  const members = ["taskId", "status", "attempts", "timeout_ms", "created_at", "started_at", "ended_at"];
  expect(Object.keys(JSON.parse(data))).toEqual(members);
});

test.each([
  ["2", 2],
  ["0", 0],
  ["4", 0],
  ["1 ", 1],
  ["-1", 0],
  ["x", 0],
  ["1e0", 0],
])("reads_the_last_event_id_%j_as_%i", (id, number) => {
  expect(lastEventNumber(new Headers({ "Last-Event-ID": id }))).toBe(number);
});
