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

/** Workerd's counts bytes and refuses a wrong length; here it passes them on. */
class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {}

Object.assign(globalThis, { FixedLengthStream });
