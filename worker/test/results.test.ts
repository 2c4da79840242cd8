import { expect, test } from "vitest";
import { BucketResults, type StoredResult } from "../src/results.ts";
import { Bucket } from "./support/bucket.ts";
import { refusal } from "./support/problems.ts";
import { streamOf } from "./support/streams.ts";
import { TASK } from "./support/task_world.ts";

const { taskId } = TASK;
const result = (stdout: string): StoredResult => ({ taskId, stdout }) as StoredResult;

function stored(): { bucket: Bucket; results: BucketResults } {
  const bucket = new Bucket();
  return { bucket, results: new BucketResults(bucket as unknown as R2Bucket) };
}

test("keeps_the_first_result_whatever_is_written_later", async () => {
  const { results } = stored();
  expect(await results.create(result("first"))).toBe(true);
  expect(await results.create(result("second"))).toBe(false);
  expect(JSON.parse((await results.read(taskId))?.json ?? "")).toMatchObject({ stdout: "first" });
});

test("takes_a_result_that_is_written_twice_for_stored", async () => {
  const { results } = stored();
  await results.create(result("first"));
  expect(await results.create(result("first"))).toBe(true);
});

test("puts_all_of_a_task_below_its_id", async () => {
  const { bucket, results } = stored();
  await results.create(result("4"));
  await results.putFile(taskId, "events", { sizeBytes: 2, body: streamOf("{}") });
  await results.putFile(taskId, "stderr", { sizeBytes: 0, body: streamOf() });
  const names = ["result.json", "events.jsonl", "stderr.txt"];
  expect([...bucket.objects.keys()]).toEqual(names.map((name) => `tasks/${taskId}/${name}`));
});

test("stores_no_file_that_is_not_as_long_as_it_was_said_to_be", async () => {
  const { results } = stored();
  await expect(results.putFile(taskId, "events", { sizeBytes: 3, body: streamOf("{}") })).rejects.toThrow();
});

test("tells_a_bucket_that_is_down_from_a_result_that_is_not_there", async () => {
  const { bucket, results } = stored();
  expect(await results.read(taskId)).toBeNull();
  bucket.isDown = true;
  expect((await refusal(() => results.read(taskId))).code).toBe("STORAGE_UNAVAILABLE");
});
