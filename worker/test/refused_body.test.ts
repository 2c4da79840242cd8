import { expect, test, vi } from "vitest";
import { discardBody, MAX_DISCARDED_BYTES } from "../src/refused_body.ts";

const request = (body: ReadableStream<Uint8Array>) =>
  new Request("https://worker.test", { method: "POST", body, duplex: "half" } as RequestInit);

test("leaves_a_body_that_never_ends", async () => {
  let bytes = 0;
  const chunk = new Uint8Array(256 * 1024);
  const pull = (controller: ReadableStreamDefaultController): void => {
    bytes += chunk.length;
    controller.enqueue(chunk);
  };
  await discardBody(request(new ReadableStream({ pull })));
  expect(bytes).toBeLessThan(2 * MAX_DISCARDED_BYTES);
});

test("leaves_a_body_that_does_not_come", async () => {
  vi.useFakeTimers();
  const waiting = discardBody(request(new ReadableStream()));
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(waiting).resolves.toBeUndefined();
  vi.useRealTimers();
});

test("bears_a_client_that_goes_away", async () => {
  const gone = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  await expect(discardBody(request(gone))).resolves.toBeUndefined();
});
