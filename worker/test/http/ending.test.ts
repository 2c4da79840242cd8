import { expect, test } from "vitest";
import { bodyOf, OTHER_TOKEN, Service } from "../support/service.ts";
import { ended, endless } from "../support/tasks.ts";

const post = { method: "POST" };
const remove = { method: "DELETE" };

test("ends_a_cancelled_run_and_may_be_repeated", async () => {
  const service = endless();
  const taskId = await service.submit("t");
  const first = await service.fetch(`/tasks/${taskId}/cancel`, post);
  const second = await service.fetch(`/tasks/${taskId}/cancel`, post);
  expect(first.status).toBe(202);
  expect([200, 202]).toContain(second.status);
  expect(await service.ended(taskId)).toContain('"status":"cancelled"');
});

test("leaves_an_ended_task_as_it_is_when_it_is_cancelled", async () => {
  const { service, taskId } = await ended();
  const answer = await service.fetch(`/tasks/${taskId}/cancel`, post);
  expect([answer.status, (await bodyOf(answer))["status"]]).toEqual([200, "succeeded"]);
});

test("forgets_a_deleted_task_and_all_its_objects_and_may_be_repeated", async () => {
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

test("deletes_a_task_once_its_container_is_gone", async () => {
  const { promise: isGone, resolve: leave } = Promise.withResolvers<void>();
  const service = new Service({ script: () => ({ isGone }) });
  const { taskId } = await bodyOf(await service.execute({ task: "t" }));
  const deleting = service.fetch(`/tasks/${taskId}`, remove);
  setImmediate(leave);
  expect((await deleting).status).toBe(204);
  expect((await service.fetch(`/tasks/${taskId}`)).status).toBe(404);
});

test("deletes_no_task_while_it_goes_on", async () => {
  const service = endless();
  const taskId = await service.submit("t");
  const answer = await service.fetch(`/tasks/${taskId}`, remove);
  expect([answer.status, (await bodyOf(answer))["code"]]).toEqual([409, "TASK_IN_PROGRESS"]);
});

test("deletes_no_other_clients_task_and_does_not_say_so", async () => {
  const { service, taskId } = await ended();
  expect((await service.fetch(`/tasks/${taskId}`, remove, OTHER_TOKEN)).status).toBe(204);
  expect((await service.fetch(`/tasks/${taskId}/result`)).status).toBe(200);
});
