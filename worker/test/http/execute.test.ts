import { expect, test, vi } from "vitest";
import type { Task } from "../../src/task.ts";
import { resultEvent } from "../support/sandbox_script.ts";
import { bodyOf, Service } from "../support/service.ts";
import { SETTINGS } from "../support/settings.ts";
import { endless, forever, replaced } from "../support/tasks.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

test("answers_what_the_agent_said_with_the_seeds_keys_first", async () => {
  const answer = await new Service().execute({ task: "What is 2 + 2?" });
  const body = await bodyOf(answer);
  expect(answer.status).toBe(200);
  expect(Object.keys(body).slice(0, 5)).toEqual(["taskId", "success", "stdout", "stderr", "output"]);
  expect(body).toMatchObject({
    success: true,
    stdout: "answer to What is 2 + 2?",
    status: "succeeded",
    code: null,
  });
});

test("names_the_task_in_its_headers", async () => {
  const answer = await new Service().execute({ task: "t" });
  const { taskId } = await bodyOf(answer);
  expect(taskId).toMatch(UUID);
  expect(answer.headers.get("task-id")).toBe(taskId);
  expect(answer.headers.get("location")).toBe(`/tasks/${taskId}`);
});

test("answers_200_without_success_where_the_agent_failed", async () => {
  const events = resultEvent({ is_error: true, result: "no" });
  const answer = await new Service({ script: () => ({ events, exitCode: 1, stderr: "why" }) }).execute({
    task: "t",
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    success: false,
    output: "no",
    stderr: "why",
    code: "AGENT_ERROR",
  });
});

test("answers_500_where_the_service_failed", async () => {
  const answer = await new Service({ script: () => ({ dies: true }) }).execute({ task: "t" });
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({
    error: "Task execution failed",
    details: expect.stringContaining("runner was killed"),
    taskId: answer.headers.get("task-id"),
    code: "RUNNER_DIED",
    retryable: false,
  });
});

test("answers_408_at_the_deadline_and_the_task_ends_timed_out", async () => {
  const service = endless();
  const answer = await service.execute({ task: "t", timeout: 1_000 });
  const taskId = answer.headers.get("task-id");
  expect([answer.status, answer.headers.get("connection")]).toEqual([408, "close"]);
  expect(await answer.json()).toMatchObject({ error: "Request timeout", taskId });
  expect(await service.ended(String(taskId))).toContain('"status":"timed_out"');
});

test("answers_202_at_once_where_the_client_prefers_it", async () => {
  const service = endless();
  const answer = await service.execute({ task: "t" }, { prefer: "wait=10, Respond-Async; x=1" });
  const { taskId, status } = await bodyOf(answer);
  expect([answer.status, status]).toEqual([202, "queued"]);
  expect(answer.headers.get("location")).toBe(`/tasks/${taskId}`);
  expect(answer.headers.get("retry-after")).toBe("2");
  expect(answer.headers.get("preference-applied")).toBe("respond-async");
});

test("answers_503_where_the_queue_is_full_and_starts_nothing", async () => {
  const limits = { ...SETTINGS.limits, maxQueuedTasks: 0 };
  const service = new Service({ limits, container: { maxInstances: 1 }, script: () => ({ until: forever }) });
  await service.submit("first");
  const answer = await service.execute({ task: "second" });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "10"]);
  expect(await answer.json()).toMatchObject({ error: "Capacity exhausted", retryable: true });
  expect((await bodyOf(await service.fetch("/tasks")))["tasks"]).toHaveLength(1);
});

test("answers_429_to_a_client_over_its_rate_before_it_reads_the_body", async () => {
  const service = new Service({ limits: { ...SETTINGS.limits, maxRequestsPerMinute: 1 } });
  await service.execute("{");
  const answer = await service.execute("{");
  expect(answer.status).toBe(429);
  expect(await answer.json()).toMatchObject({ error: "Too many requests", code: "RATE_LIMITED" });
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(answer.headers.get("ratelimit-policy")).toBe('"client";q=1;w=60');
  expect(answer.headers.get("ratelimit")).toMatch(/^"client";r=0;t=\d+$/);
});

test("puts_no_text_of_the_task_into_a_command_line", async () => {
  const { SandboxDouble } = await import("../support/sandbox_double.ts");
  await new Service().execute({ task: "$(marker)" });
  expect(SandboxDouble.commands.filter((command) => command.includes("marker"))).toEqual([]);
  expect(JSON.stringify(SandboxDouble.environments)).not.toMatch(/marker|canary/);
});

/** What an answer tells of its task: header, header, member of the body. */
async function namesOf(answer: Response): Promise<unknown[]> {
  const { headers } = answer;
  return [headers.get("task-id"), headers.get("location"), (await bodyOf(answer))["taskId"]];
}

const namesOfTask = (taskId: unknown): unknown[] => [taskId, `/tasks/${taskId}`, taskId];

test("answers_404_where_the_task_is_deleted_while_it_is_waited_for", async () => {
  const service = endless();
  const awaitEnd = vi.fn(async () => null);
  replaced(service, () => ({ awaitEnd }));
  const answer = await service.execute({ task: "t", timeout: 1_000 });
  expect([answer.status, (await bodyOf(answer))["code"]]).toEqual([404, "RESULT_NOT_FOUND"]);
  expect(awaitEnd).toHaveBeenCalledOnce();
});

test("asks_a_task_again_whose_object_has_restarted", async () => {
  const service = new Service();
  let calls = 0;
  replaced(service, (real) => ({
    awaitEnd: async (...parameters: Parameters<Task["awaitEnd"]>) => {
      calls += 1;
      if (calls === 1) throw new Error("scripted: the object restarts");
      return real.awaitEnd(...parameters);
    },
  }));
  const answer = await service.execute({ task: "t" });
  expect([answer.status, calls]).toEqual([200, 2]);
});

test("names_the_task_where_nobody_heard_that_it_was_accepted", async () => {
  const service = endless();
  const log = vi.spyOn(console, "log");
  replaced(service, (real) => ({
    submit: async (...parameters: Parameters<Task["submit"]>) => {
      await real.submit(...parameters);
      throw new Error("scripted: the answer is lost");
    },
  }));
  const answer = await service.execute({ task: "t" });
  const taskId = answer.headers.get("task-id");
  expect(answer.status).toBe(500);
  expect(await namesOf(answer)).toEqual(namesOfTask(taskId));
  expect((await service.fetch(`/tasks/${taskId}`)).status).toBe(200);
  expect(log.mock.calls.join()).toContain("the answer is lost");
  log.mockRestore();
});

test("names_the_task_whose_result_can_not_be_read", async () => {
  const service = new Service();
  replaced(service, (real) => ({
    awaitEnd: async (...parameters: Parameters<Task["awaitEnd"]>) => {
      const view = await real.awaitEnd(...parameters);
      service.bucket.isDown = true;
      return view;
    },
  }));
  const answer = await service.execute({ task: "t" });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await namesOf(answer)).toEqual(namesOfTask(answer.headers.get("task-id")));
});

test("names_the_task_whose_result_can_not_be_read_again", async () => {
  const service = new Service();
  const key = { "idempotency-key": "k" };
  const { taskId } = await bodyOf(await service.execute({ task: "t" }, key));
  service.bucket.isDown = true;
  const answer = await service.execute({ task: "t" }, key);
  expect(answer.status).toBe(503);
  expect(await namesOf(answer)).toEqual(namesOfTask(taskId));
});

test("names_no_task_where_none_was_accepted", async () => {
  const service = new Service();
  replaced(service, () => ({ submit: async () => ({ kind: "full" }) }));
  const answer = await service.execute({ task: "t" });
  expect(answer.status).toBe(503);
  expect(await namesOf(answer)).toEqual([null, null, undefined]);
});
