import fc from "fast-check";
import { expect, test } from "vitest";
import { RateLimit, requireRate, WINDOW_MS } from "../src/rate_limit.ts";
import { refusal } from "./support/problems.ts";

const takes = fc.array(fc.tuple(fc.constantFrom("one", "two"), fc.nat(30_000)), { maxLength: 100 });

test("never_lets_more_through_in_a_window_than_the_limit_whatever_others_do", () => {
  fc.assert(
    fc.property(takes, fc.integer({ min: 1, max: 10 }), (calls, limit) => {
      const rate = new RateLimit();
      let nowMs = 0;
      const passed: number[] = [];
      for (const [client, pauseMs] of calls) {
        nowMs += pauseMs;
        if (!rate.take(client, limit, nowMs).isExceeded && client === "one") passed.push(nowMs);
      }
      // Two windows may meet in any stretch of a minute, as with every fixed window.
      for (const from of passed)
        expect(passed.filter((at) => at >= from && at < from + WINDOW_MS).length).toBeLessThanOrEqual(
          2 * limit,
        );
    }),
  );
});

test("counts_down_to_the_limit_and_then_refuses", () => {
  const rate = new RateLimit();
  const states = [1, 2, 3].map(() => rate.take("client", 2, 0));
  expect(states.map(({ remaining, isExceeded }) => [remaining, isExceeded])).toEqual([
    [1, false],
    [0, false],
    [0, true],
  ]);
});

test("gives_the_whole_share_again_when_the_window_has_passed", () => {
  const rate = new RateLimit();
  rate.take("client", 1, 0);
  expect(rate.take("client", 1, WINDOW_MS - 1).isExceeded).toBe(true);
  expect(rate.take("client", 1, WINDOW_MS).isExceeded).toBe(false);
});

test("tells_a_refused_client_when_to_come_back", async () => {
  const rate = new RateLimit();
  rate.take("client", 1, 0);
  const { code, members, headers } = await refusal(() => requireRate(rate.take("client", 1, 17_500)));
  expect([code, members]).toEqual(["RATE_LIMITED", { retryable: true }]);
  expect(headers).toEqual({
    "Retry-After": "43",
    "RateLimit-Policy": '"client";q=1;w=60',
    RateLimit: '"client";r=0;t=43',
  });
});

test("tells_no_client_to_come_back_at_once", () => {
  const rate = new RateLimit();
  rate.take("client", 1, 0);
  expect(rate.take("client", 1, WINDOW_MS - 1).resetSeconds).toBe(1);
});

test("lets_a_client_within_its_share_pass", () => {
  expect(() => requireRate(new RateLimit().take("client", 1, 0))).not.toThrow();
});
