/**
 * What a refused request still sends is read and dropped: the runtime resets the connection of a body that is left
 * unread, and a client that sends before it listens would lose the answer with it.
 */

/** No answer is worth more reading than this: what is larger, or slower, is left all the same. */
export const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;
const MAX_DISCARDING_MS = 2_000;

export async function discardBody({ body, bodyUsed }: Request): Promise<void> {
  if (body === null || bodyUsed) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, MAX_DISCARDING_MS);
  });
  // A client that goes away in the middle needs no answer.
  await Promise.race([readToEnd(body).catch(() => undefined), late]);
  clearTimeout(timer);
}

async function readToEnd(body: ReadableStream<Uint8Array>): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) break;
  }
}
