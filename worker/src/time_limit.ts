/** Time limits of our own on what a sandbox says: where its host is gone, a promise or a stream may stay open for ever. */

import { RunnerError } from "./runner.ts";

export async function inTime<T>(what: string, timeoutMs: number, call: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RunnerError(`no answer within ${timeoutMs} ms: ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same bytes. They fail where a piece that is waited for does not come in time; the reader has as long as it likes. */
export function eachInTime(
  what: string,
  timeoutMs: number,
  stream: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  // Not waited for: a host that is gone does not answer that either.
  const leave = (reason: unknown): void => void reader.cancel(reason).catch(() => undefined);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await inTime(what, timeoutMs, reader.read());
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (thrown) {
          leave(thrown);
          throw thrown;
        }
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
