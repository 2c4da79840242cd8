import { expect, test } from "vitest";
import { bodyOf, OTHER_TOKEN, Service } from "../support/service.ts";
import { SETTINGS } from "../support/settings.ts";
import { endless, forever } from "../support/tasks.ts";

const KEY = { "idempotency-key": "key-1" };

async function withoutRequestId(answer: Response): Promise<Record<string, unknown>> {
  const { requestId: _, ...body } = await bodyOf(answer);
  return body;
}

test("gives_the_same_key_the_same_bytes_and_runs_once", async () => {
  let runs = 0;
  const service = new Service({ script: () => ({ exitCode: runs++ }) });
  const [first, second] = [
    await service.execute({ task: "t" }, KEY),
    await service.execute({ task: "t" }, KEY),
  ];
  expect([first.status, second.status, runs]).toEqual([200, 200, 1]);
  expect(await second.text()).toBe(await first.text());
  expect(first.headers.has("idempotency-replayed")).toBe(false);
  expect(second.headers.get("idempotency-replayed")).toBe("true");
});

test("replays_a_failure_of_the_service_too", async () => {
  const service = new Service({ script: () => ({ dies: true }) });
  const [first, second] = [
    await service.execute({ task: "t" }, KEY),
    await service.execute({ task: "t" }, KEY),
  ];
  expect([first.status, second.status]).toEqual([500, 500]);
  expect(await withoutRequestId(second)).toEqual(await withoutRequestId(first));
  expect(second.headers.get("idempotency-replayed")).toBe("true");
});

test("answers_409_while_the_first_request_runs", async () => {
  const service = endless();
  const taskId = await service.submit("t", KEY);
  const answer = await service.execute({ task: "t" }, KEY);
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ error: "Request in progress", taskId });
  expect(answer.headers.get("location")).toBe(`/tasks/${taskId}`);
  expect(answer.headers.get("retry-after")).toBe("2");
});

test("answers_422_to_another_body", async () => {
  const service = new Service();
  await service.execute({ task: "t" }, KEY);
  const answer = await service.execute({ task: "t", timeout: 5_000 }, KEY);
  expect([answer.status, (await bodyOf(answer))["error"]]).toEqual([422, "Idempotency key reused"]);
});

test("takes_a_body_for_the_same_whatever_its_layout", async () => {
  const service = new Service();
  await service.execute('{"task":"t","timeout":5000}', KEY);
  const answer = await service.execute(' { "timeout" : 5e3, "task" : "\\u0074" }', KEY);
  expect(answer.headers.get("idempotency-replayed")).toBe("true");
});

test("takes_a_default_timeout_for_the_same_as_one_that_is_sent", async () => {
  const service = new Service();
  await service.execute({ task: "t" }, KEY);
  const answer = await service.execute({ task: "t", timeout: SETTINGS.limits.defaultTimeoutMs }, KEY);
  expect(answer.status).toBe(200);
});

test("gives_another_client_a_task_of_its_own", async () => {
  const service = new Service();
  const mine = await bodyOf(await service.execute({ task: "t" }, KEY));
  const other = await bodyOf(await service.execute({ task: "t" }, KEY, OTHER_TOKEN));
  expect(other["taskId"]).not.toBe(mine["taskId"]);
});

test("accepts_one_of_several_requests_at_the_same_time", async () => {
  const service = endless();
  const headers = { ...KEY, prefer: "respond-async" };
  const answers = await Promise.all([1, 2, 3].map(() => service.execute({ task: "t" }, headers)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
});

test("stores_nothing_for_a_request_that_is_refused", async () => {
  const service = new Service();
  await service.execute({ task: "" }, KEY);
  await service.execute({ task: "t" }, KEY, null);
  expect((await service.execute({ task: "another" }, KEY)).status).toBe(200);
});

test("stores_nothing_for_a_request_that_found_no_place", async () => {
  const limits = { ...SETTINGS.limits, maxQueuedTasks: 0 };
  const script = (prompt: string) => (prompt === "first" ? { until: forever } : {});
  const service = new Service({ limits, container: { maxInstances: 1 }, script });
  const first = await service.submit("first");
  expect((await service.execute({ task: "t" }, KEY)).status).toBe(503);
  await service.fetch(`/tasks/${first}/cancel`, { method: "POST" });
  await service.settled(first);
  expect((await service.execute({ task: "t" }, KEY)).headers.has("idempotency-replayed")).toBe(false);
});
