import fc from "fast-check";
import { expect, test } from "vitest";
import { taskIdFor } from "../src/idempotency.ts";
import { refusal } from "./support/problems.ts";

const keys = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 255,
});

test("gives_the_same_key_of_a_client_the_same_uuid", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1 }), keys, async (client, key) => {
      const taskId = await taskIdFor(client, key);
      expect(taskId).toBe(await taskIdFor(client, key));
      expect(taskId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});

/** Another version of the Worker meets the same keys, so the way from key to id never changes. */
test("gives_a_key_the_id_that_it_has_always_given", async () => {
  expect(await taskIdFor("default", "key-1")).toBe("523954bb-cedb-8179-9d7b-bf5da4e3d1fd");
});

test("takes_a_key_of_255_characters", async () => {
  expect(await taskIdFor("default", "k".repeat(255))).toMatch(/^[0-9a-f-]{36}$/);
});

test("gives_the_same_key_of_two_clients_two_tasks", async () => {
  await fc.assert(
    fc.asyncProperty(keys, async (key) => {
      expect(await taskIdFor("one", key)).not.toBe(await taskIdFor("two", key));
    }),
  );
});

test("keeps_client_and_key_apart", async () => {
  expect(await taskIdFor("client", "1-key")).not.toBe(await taskIdFor("client1", "-key"));
});

test("gives_each_request_without_a_key_its_own_task", async () => {
  expect(await taskIdFor("client", null)).not.toBe(await taskIdFor("client", null));
});

test("refuses_a_key_that_is_not_1_to_255_visible_characters", async () => {
  const others = fc.string({ unit: "binary" }).filter((key) => !/^[\x21-\x7e]{1,255}$/.test(key));
  await fc.assert(
    fc.asyncProperty(fc.oneof(others, fc.constant("k".repeat(256))), async (key) => {
      expect((await refusal(() => taskIdFor("client", key))).code).toBe("INVALID_REQUEST");
    }),
  );
});

test("says_what_a_key_must_be", async () => {
  const { members } = await refusal(() => taskIdFor("client", "two words"));
  const detail = "Idempotency-Key must be 1 to 255 visible ASCII characters";
  expect(members).toEqual({ errors: [{ pointer: "", detail }] });
});
