/** The same key from the same client means the same task: the task's id is made from both. */

import { ProblemError } from "./errors.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;

/** A new random id, or with a key the id that the key always gives. @throws ProblemError INVALID_REQUEST */
export async function taskIdFor(client: string, key: string | null): Promise<string> {
  if (key === null) return crypto.randomUUID();
  if (!KEY.test(key)) {
    const detail = "Idempotency-Key must be 1 to 255 visible ASCII characters";
    throw new ProblemError("INVALID_REQUEST", { errors: [{ pointer: "", detail }] });
  }
  return uuidFrom(await sha256(`${client}\0${key}`));
}

/** SHA-256 of a text's UTF-8 bytes. */
export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** A UUID of version 8, RFC 9562 section 5.8: the first 122 free bits of a digest. */
function uuidFrom(digest: Uint8Array): string {
  const bytes = digest.slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toHex();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
