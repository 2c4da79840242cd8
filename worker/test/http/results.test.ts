import { expect, test } from "vitest";
import { bodyOf, NO_TASK, OTHER_TOKEN } from "../support/service.ts";
import { alike, ended, endless } from "../support/tasks.ts";

const remove = { method: "DELETE" };

test("gives_a_result_with_the_seeds_keys_and_validators", async () => {
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

test("answers_404_while_the_task_goes_on_and_says_so", async () => {
  const service = endless();
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

test("answers_a_problem_with_a_numeric_status_where_that_is_asked_for", async () => {
  const service = endless();
  const headers = { accept: "application/problem+json" };
  const answer = await service.fetch(`/tasks/${await service.submit("t")}/result`, { headers });
  expect(await bodyOf(answer)).toMatchObject({ status: 404, title: "Task result not found" });
});

test("answers_alike_where_a_result_is_unknown_malformed_foreign_deleted_or_expired", async () => {
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

test("answers_503_and_not_404_where_the_bucket_is_down", async () => {
  const { service, taskId } = await ended();
  service.bucket.isDown = true;
  const answer = await service.fetch(`/tasks/${taskId}/result`);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
});
