/** How many tasks a client may send in a minute, and what one that sends more is told. */

import { ProblemError } from "./errors.ts";

export const WINDOW_MS = 60_000;

export interface RateState {
  isExceeded: boolean;
  limit: number;
  remaining: number;
  /** Until the client has its whole share again; at least 1. */
  resetSeconds: number;
}

/** Counts in fixed windows of a minute, each client's own, from its first request on. */
export class RateLimit {
  readonly #windows = new Map<string, { endsAtMs: number; requests: number }>();

  /** Counts a request, and tells whether it is one too many. */
  take(client: string, limit: number, nowMs: number): RateState {
    let window = this.#windows.get(client);
    if (window === undefined || nowMs >= window.endsAtMs) {
      window = { endsAtMs: nowMs + WINDOW_MS, requests: 0 };
      this.#windows.set(client, window);
    }
    window.requests += 1;
    return {
      isExceeded: window.requests > limit,
      limit,
      remaining: Math.max(0, limit - window.requests),
      resetSeconds: Math.max(1, Math.ceil((window.endsAtMs - nowMs) / 1000)),
    };
  }
}

/** The fields are those of draft-ietf-httpapi-ratelimit-headers-10. @throws ProblemError RATE_LIMITED */
export function requireRate({ isExceeded, limit, remaining, resetSeconds }: RateState): void {
  if (!isExceeded) return;
  const headers = {
    "Retry-After": String(resetSeconds),
    "RateLimit-Policy": `"client";q=${limit};w=${WINDOW_MS / 1000}`,
    RateLimit: `"client";r=${remaining};t=${resetSeconds}`,
  };
  throw new ProblemError("RATE_LIMITED", { retryable: true }, headers);
}
