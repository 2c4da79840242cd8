import { expect, test } from "vitest";
import { Service, TOKEN } from "../support/service.ts";
import { clientWith } from "../support/settings.ts";

const NEW_TOKEN = "token-that-takes-over";

test("lets_the_new_token_fetch_a_task_that_the_old_one_sent", async () => {
  const { promise: until, resolve: finish } = Promise.withResolvers<void>();
  const service = new Service({ script: () => ({ until }) });
  const taskId = await service.submit("t");
  service.bindings["CLIENTS"] = JSON.stringify([{ ...clientWith(NEW_TOKEN), name: "default" }]);
  finish();
  await service.settled(taskId);
  const [old, fresh] = [
    await service.fetch(`/tasks/${taskId}/result`, {}, TOKEN),
    await service.fetch(`/tasks/${taskId}/result`, {}, NEW_TOKEN),
  ];
  expect([old.status, fresh.status]).toEqual([401, 200]);
});
