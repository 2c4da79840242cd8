import { describe, expect, test } from "vitest";
import { bodyOf, NO_TASK, OTHER_TOKEN, Service } from "../support/service.ts";

const forever = new Promise<never>(() => undefined);
const running = () => new Service({ script: () => ({ until: forever }) });
const post = { method: "POST" };
const remove = { method: "DELETE" };

async function ended(service = new Service()): Promise<{ service: Service; taskId: string }> {
  const taskId = (await bodyOf(await service.execute({ task: "t" })))["taskId"] as string;
  await service.settled(taskId);
  return { service, taskId };
}

describe("a_result", () => {
  test("has_the_seeds_keys_and_validators", async () => {
    const { service, taskId } = await ended();
    const answer = await service.fetch(`/tasks/${taskId}/result`);
    const body = await bodyOf(answer);
    expect(body).toMatchObject({
      taskId,
      success: true,
      stdout: "answer to t",
      stderr: "",
      status: "succeeded",
    });
    expect(body["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.headers.get("etag")).toMatch(/^".+"$/);
    expect(answer.headers.get("last-modified")).toMatch(/ GMT$/);
  });

  test("is_404_while_the_task_goes_on_and_says_so", async () => {
    const service = running();
    const taskId = await service.submit("t");
    const answer = await service.fetch(`/tasks/${taskId}/result`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      error: "Task result not found",
      code: "RESULT_NOT_FOUND",
      status: expect.stringMatching(/^(queued|running)$/),
    });
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(answer.headers.get("location")).toBe(`/tasks/${taskId}`);
  });

  test("is_a_problem_with_a_numeric_status_where_that_is_asked_for", async () => {
    const service = running();
    const headers = { accept: "application/problem+json" };
    const answer = await service.fetch(`/tasks/${await service.submit("t")}/result`, { headers });
    expect(await bodyOf(answer)).toMatchObject({ status: 404, title: "Task result not found" });
  });

  test("looks_alike_where_it_is_unknown_malformed_foreign_deleted_or_expired", async () => {
    const { service, taskId } = await ended();
    const deleted = (await ended(service)).taskId;
    await service.fetch(`/tasks/${deleted}`, remove);
    const expired = (await ended(service)).taskId;
    service.bucket.objects.delete(`tasks/${expired}/result.json`);
    const paths = [NO_TASK, "x", "a".repeat(4_096), NO_TASK.toUpperCase(), deleted, expired];
    const answers = await Promise.all(paths.map((id) => service.fetch(`/tasks/${id}/result`)));
    answers.push(await service.fetch(`/tasks/${taskId}/result`, {}, OTHER_TOKEN));
    const seen = await Promise.all(answers.map(async (answer) => [answer.status, await alike(answer)]));
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test("is_503_and_not_404_where_the_bucket_is_down", async () => {
    const { service, taskId } = await ended();
    service.bucket.isDown = true;
    const answer = await service.fetch(`/tasks/${taskId}/result`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  });
});

/** All of an answer but what names the request. */
async function alike(answer: Response): Promise<unknown> {
  const { requestId: _, ...body } = await bodyOf(answer);
  return [body, [...answer.headers].filter(([name]) => name !== "x-request-id")];
}

describe("a_task", () => {
  test("tells_its_status_and_times", async () => {
    const { service, taskId } = await ended();
    const body = await bodyOf(await service.fetch(`/tasks/${taskId}`));
    expect(body).toMatchObject({ taskId, status: "succeeded", attempts: 1, timeout_ms: 300_000 });
    const times = ["created_at", "started_at", "ended_at"].map((name) => body[name] as string);
    expect(times).toEqual([...times].sort());
  });

  test("asks_to_be_asked_again_while_it_goes_on", async () => {
    const service = running();
    const answer = await service.fetch(`/tasks/${await service.submit("t")}`);
    expect(answer.headers.get("retry-after")).toBe("2");
  });

  test.each(["", "/cancel", "/events"])("of_another_client_is_not_found_at_%j", async (path) => {
    const { service, taskId } = await ended();
    const init = path === "/cancel" ? post : {};
    const foreign = await service.fetch(`/tasks/${taskId}${path}`, init, OTHER_TOKEN);
    const unknown = await service.fetch(`/tasks/${NO_TASK}${path}`, init);
    expect(foreign.status).toBe(404);
    expect(await alike(foreign)).toEqual(await alike(unknown));
  });

  test("tells_its_events_to_the_end", async () => {
    const service = new Service();
    const events = await service.ended(await service.submit("t"));
    expect(events).toMatch(/\nid: 3\nevent: status\ndata: .*"status":"succeeded".*\n\n$/);
  });

  test("tells_its_events_on_after_its_object_has_restarted", async () => {
    const service = running();
    const taskId = await service.submit("t");
    service.tasks.restart(taskId);
    const reading = service.ended(taskId);
    await service.fetch(`/tasks/${taskId}/cancel`, post);
    expect(await reading).toContain('"status":"cancelled"');
  });

  test("sends_a_client_away_that_has_seen_its_end", async () => {
    const { service, taskId } = await ended();
    const answer = await service.fetch(`/tasks/${taskId}/events`, { headers: { "last-event-id": "3" } });
    expect(answer.status).toBe(204);
  });
});

describe("cancelling", () => {
  test("ends_a_run_and_may_be_repeated", async () => {
    const service = running();
    const taskId = await service.submit("t");
    const first = await service.fetch(`/tasks/${taskId}/cancel`, post);
    const second = await service.fetch(`/tasks/${taskId}/cancel`, post);
    expect(first.status).toBe(202);
    expect([200, 202]).toContain(second.status);
    expect(await service.ended(taskId)).toContain('"status":"cancelled"');
  });

  test("leaves_an_ended_task_as_it_is", async () => {
    const { service, taskId } = await ended();
    const answer = await service.fetch(`/tasks/${taskId}/cancel`, post);
    expect([answer.status, (await bodyOf(answer))["status"]]).toEqual([200, "succeeded"]);
  });
});

describe("deleting", () => {
  test("forgets_the_task_and_all_its_objects_and_may_be_repeated", async () => {
    const { service, taskId } = await ended();
    const answers = [
      await service.fetch(`/tasks/${taskId}`, remove),
      await service.fetch(`/tasks/${taskId}`, remove),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect([...service.bucket.objects.keys()]).toEqual([]);
    expect(service.tasks.storageOf(taskId).isEmpty).toBe(true);
    expect(await bodyOf(await service.fetch("/tasks"))).toEqual({ tasks: [], cursor: null });
  });

  test("is_refused_while_the_task_goes_on", async () => {
    const service = running();
    const taskId = await service.submit("t");
    const answer = await service.fetch(`/tasks/${taskId}`, remove);
    expect([answer.status, (await bodyOf(answer))["code"]]).toEqual([409, "TASK_IN_PROGRESS"]);
  });

  test("leaves_another_clients_task_alone_and_does_not_say_so", async () => {
    const { service, taskId } = await ended();
    expect((await service.fetch(`/tasks/${taskId}`, remove, OTHER_TOKEN)).status).toBe(204);
    expect((await service.fetch(`/tasks/${taskId}/result`)).status).toBe(200);
  });
});

describe("the_list", () => {
  test("goes_through_all_of_a_clients_tasks_newest_first", async () => {
    const service = new Service();
    const ids: string[] = [];
    for (const task of ["one", "two", "three"]) ids.unshift(await service.submit(task));
    await service.execute({ task: "foreign" }, {}, OTHER_TOKEN);
    const first = (await bodyOf(await service.fetch("/tasks?limit=2"))) as {
      tasks: { taskId: string }[];
      cursor: string;
    };
    const second = (await bodyOf(
      await service.fetch(`/tasks?limit=2&cursor=${first.cursor}`),
    )) as typeof first;
    expect([...first.tasks, ...second.tasks].map(({ taskId }) => taskId)).toEqual(ids);
    expect(second.cursor).toBeNull();
  });

  test.each(["limit=0", "limit=101", "cursor=x", "status=gone", "unknown=1"])("refuses_%s", async (query) => {
    const answer = await new Service().fetch(`/tasks?${query}`);
    expect([answer.status, (await bodyOf(answer))["code"]]).toEqual([400, "INVALID_REQUEST"]);
  });
});
