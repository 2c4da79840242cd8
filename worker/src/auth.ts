/** Who is calling: bearer tokens, known to the Worker as SHA-256 digests only, compared in constant time. */

import { ProblemError } from "./errors.ts";
import type { Client, Scope } from "./settings.ts";

const BEARER_SCHEME = /^bearer\b/i;
const BEARER = /^bearer ([\x21-\x7e]+)$/i;

/** Longer than any token that `generate-token` makes; more is refused unread. */
const MAX_TOKEN_CHARACTERS = 512;

/**
 * The client that a request's token belongs to.
 * @throws ProblemError UNAUTHORIZED, the same for every reason (RFC 6750 section 3).
 */
export async function authenticate(
  authorization: string | null,
  clients: readonly Client[],
  nowMs: number,
): Promise<Client> {
  const token = BEARER.exec(authorization ?? "")?.[1];
  if (token === undefined || token.length > MAX_TOKEN_CHARACTERS)
    throw unauthorized(BEARER_SCHEME.test(authorization ?? ""));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  const client = owner(digest, clients, nowMs);
  if (client === undefined) throw unauthorized(true);
  return client;
}

/** @throws ProblemError FORBIDDEN */
export function requireScope(client: Client, scope: Scope): void {
  if (client.scopes.includes(scope)) return;
  const challenge = `Bearer realm="sandbox", error="insufficient_scope", scope="${scope}"`;
  throw new ProblemError("FORBIDDEN", {}, { "WWW-Authenticate": challenge });
}

/** Looks at every token of every client, so that the time tells nothing about which one matched. */
function owner(digest: Uint8Array, clients: readonly Client[], nowMs: number): Client | undefined {
  let found: Client | undefined;
  for (const client of clients) {
    for (const { sha256, notAfter } of client.tokens) {
      const isEqual = crypto.subtle.timingSafeEqual(digest, Uint8Array.fromHex(sha256));
      const isValid = notAfter === null || nowMs < Date.parse(notAfter);
      if (isEqual && isValid) found = client;
    }
  }
  return found;
}

/** `error="invalid_token"` only where a token was sent, as RFC 6750 section 3.1 asks. */
function unauthorized(wasTokenSent: boolean): ProblemError {
  const challenge = `Bearer realm="sandbox"${wasTokenSent ? ', error="invalid_token"' : ""}`;
  return new ProblemError("UNAUTHORIZED", {}, { "WWW-Authenticate": challenge });
}
