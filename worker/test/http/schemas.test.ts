import { expect, test } from "vitest";
import type * as z from "zod";
import * as contract from "../../src/contract.ts";
import { Service } from "../support/service.ts";
import { ended, endless } from "../support/tasks.ts";

/** The answer has what the contract documents, and nothing beside it. */
async function expectDocumented(answer: Response, schema: z.ZodObject): Promise<void> {
  expect(schema.strict().safeParse(await answer.json()).error?.issues ?? []).toEqual([]);
}

test.each(["/health", "/readyz", "/tasks"] as const)("%s_answers_as_documented", async (path) => {
  const schemas = { "/health": contract.Health, "/readyz": contract.Readiness, "/tasks": contract.TaskList };
  await expectDocumented(await new Service().fetch(path), schemas[path]);
});

test("execute_answers_as_documented", async () => {
  await expectDocumented(await new Service().execute({ task: "t" }), contract.ExecuteAnswer);
});

test("an_accepted_task_is_answered_as_documented", async () => {
  const answer = await endless().execute({ task: "t" }, { prefer: "respond-async" });
  await expectDocumented(answer, contract.AcceptedAnswer);
});

test("an_ended_task_is_told_as_documented", async () => {
  const { service, taskId } = await ended();
  await expectDocumented(await service.fetch(`/tasks/${taskId}`), contract.TaskStatus);
  await expectDocumented(await service.fetch(`/tasks/${taskId}/result`), contract.TaskResult);
});

test("a_refusal_is_told_as_documented", async () => {
  await expectDocumented(await new Service().execute({ task: "t", timeout: 1 }), contract.ProblemBody);
  await expectDocumented(
    await new Service({ script: () => ({ dies: true }) }).execute({ task: "t" }),
    contract.ProblemBody,
  );
});
