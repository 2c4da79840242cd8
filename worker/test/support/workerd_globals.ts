/** What workerd has and Node 24 lacks. */

import { timingSafeEqual } from "node:crypto";

Object.assign(crypto.subtle, { timingSafeEqual });

Object.assign(Uint8Array, {
  fromHex: (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex")),
});

Object.assign(Uint8Array.prototype, {
  toHex(this: Uint8Array): string {
    return Buffer.from(this).toString("hex");
  },
});

/** Refuses a length other than the one that was announced, as workerd's does. */
class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(expectedLength: number) {
    let length = 0;
    super({
      transform(chunk, controller) {
        length += chunk.length;
        controller.enqueue(chunk);
      },
      flush() {
        if (length !== expectedLength) throw new TypeError(`${length} bytes instead of ${expectedLength}`);
      },
    });
  }
}

Object.assign(globalThis, { FixedLengthStream });

/** Workerd sends a stream without being asked for half a duplex. */
const fetchOfNode = globalThis.fetch;
globalThis.fetch = (input: RequestInfo | URL, init?: RequestInit) =>
  fetchOfNode(input, { duplex: "half", ...init } as RequestInit);
