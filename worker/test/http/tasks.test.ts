import { expect, test } from "vitest";
import { bodyOf, NO_TASK, OTHER_TOKEN, Service } from "../support/service.ts";
import { alike, ended, endless } from "../support/tasks.ts";

const post = { method: "POST" };

test("tells_a_tasks_status_and_times", async () => {
  const { service, taskId } = await ended();
  const body = await bodyOf(await service.fetch(`/tasks/${taskId}`));
  expect(body).toMatchObject({ taskId, status: "succeeded", attempts: 1, timeout_ms: 300_000 });
  const times = ["created_at", "started_at", "ended_at"].map((name) => body[name] as string);
  expect(times).toEqual([...times].sort());
});

test("tells_when_to_ask_again_while_a_task_goes_on", async () => {
  const service = endless();
  const answer = await service.fetch(`/tasks/${await service.submit("t")}`);
  expect(answer.headers.get("retry-after")).toBe("2");
});

test.each(["", "/cancel", "/events"])("finds_no_task_of_another_client_at_%j", async (path) => {
  const { service, taskId } = await ended();
  const init = path === "/cancel" ? post : {};
  const foreign = await service.fetch(`/tasks/${taskId}${path}`, init, OTHER_TOKEN);
  const unknown = await service.fetch(`/tasks/${NO_TASK}${path}`, init);
  expect(foreign.status).toBe(404);
  expect(await alike(foreign)).toEqual(await alike(unknown));
});

test("tells_a_tasks_events_to_their_end", async () => {
  const service = new Service();
  const events = await service.ended(await service.submit("t"));
  expect(events).toMatch(/\nid: 3\nevent: status\ndata: .*"status":"succeeded".*\n\n$/);
});

test("tells_a_tasks_events_on_after_the_object_has_restarted", async () => {
  const service = endless();
  const taskId = await service.submit("t");
  service.tasks.restart(taskId);
  const reading = service.ended(taskId);
  await service.fetch(`/tasks/${taskId}/cancel`, post);
  expect(await reading).toContain('"status":"cancelled"');
});

test("sends_a_client_away_that_has_seen_the_end", async () => {
  const { service, taskId } = await ended();
  const answer = await service.fetch(`/tasks/${taskId}/events`, { headers: { "last-event-id": "3" } });
  expect(answer.status).toBe(204);
});

test("lists_all_of_a_clients_tasks_newest_first", async () => {
  const service = new Service();
  const ids: string[] = [];
  for (const task of ["one", "two", "three"]) ids.unshift(await service.submit(task));
  await service.execute({ task: "foreign" }, {}, OTHER_TOKEN);
  const first = (await bodyOf(await service.fetch("/tasks?limit=2"))) as {
    tasks: { taskId: string }[];
    cursor: string;
  };
  const second = (await bodyOf(await service.fetch(`/tasks?limit=2&cursor=${first.cursor}`))) as typeof first;
  expect([...first.tasks, ...second.tasks].map(({ taskId }) => taskId)).toEqual(ids);
  expect(second.cursor).toBeNull();
});

test.each(["limit=0", "limit=101", "cursor=x", "status=gone", "unknown=1"])(
  "refuses_to_list_by_%s",
  async (query) => {
    const answer = await new Service().fetch(`/tasks?${query}`);
    expect([answer.status, (await bodyOf(answer))["code"]]).toEqual([400, "INVALID_REQUEST"]);
  },
);
