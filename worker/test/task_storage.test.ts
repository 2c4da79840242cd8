import fc from "fast-check";
import { expect, test } from "vitest";
import { newRecord } from "../src/task_record.ts";
import { TaskStorage } from "../src/task_storage.ts";
import { ObjectStorage } from "./support/object_storage.ts";
import { TASK } from "./support/task_world.ts";

const MAX_VALUE_BYTES = 2 * 1024 * 1024;

function stored(): { storage: TaskStorage; object: ObjectStorage } {
  const object = new ObjectStorage(() => undefined);
  return { storage: new TaskStorage(object as unknown as DurableObjectStorage), object };
}

test("gives_back_the_last_prompt_whatever_lengths_came_before", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 800_000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(lengths, (sequence) => {
      const { storage } = stored();
      const prompts = sequence.map((length, number) => `${number}\u{1f469}`.repeat(Math.ceil(length / 3)));
      for (const prompt of prompts) storage.savePrompt(prompt);
      expect(storage.loadPrompt() === prompts.at(-1)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("keeps_every_value_below_the_platforms_limit", () => {
  const { storage, object } = stored();
  storage.savePrompt("\u4f60".repeat(4_000_000));
  const sizes = object.kv.list({ prefix: "prompt/" }).map(([, piece]) => Buffer.byteLength(String(piece)));
  expect(Math.max(...sizes)).toBeLessThan(MAX_VALUE_BYTES);
});

test("keeps_prompt_and_result_apart", () => {
  const { storage } = stored();
  storage.savePrompt("prompt");
  storage.saveResult({ taskId: TASK.taskId } as never);
  storage.deletePrompt();
  expect([storage.loadPrompt(), storage.loadResult()]).toEqual(["", { taskId: TASK.taskId }]);
});

test("forgets_all_of_a_task_and_its_alarm", () => {
  const { storage, object } = stored();
  storage.save(newRecord(TASK));
  storage.setAlarm(Date.now());
  storage.clear();
  expect([storage.load(), object.isEmpty]).toEqual([null, true]);
});
