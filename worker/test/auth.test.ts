import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { authenticate, requireScope } from "../src/auth.ts";
import type { Client } from "../src/settings.ts";
import { refusal } from "./support/problems.ts";
import { clientWith } from "./support/settings.ts";

const NOW_MS = Date.parse("2026-11-24T00:00:00Z");
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 512,
});

const asking = (header: string | null, clients: readonly Client[]) => authenticate(header, clients, NOW_MS);

test("lets_any_token_in_whose_digest_is_known", async () => {
  await fc.assert(
    fc.asyncProperty(visible, async (token) => {
      const client = clientWith(token);
      expect(await asking(`Bearer ${token}`, [clientWith(`${token}x`), client])).toBe(client);
    }),
  );
});

test("refuses_every_other_header", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        visible.map((text) => `Bearer ${text}`),
      ),
      async (header) => {
        const { code } = await refusal(() =>
          asking(header, [clientWith("the one token that is known, and no other")]),
        );
        expect(code).toBe("UNAUTHORIZED");
      },
    ),
  );
});

test("compares_each_digest_in_constant_time_also_after_a_match", async () => {
  const compare = vi.spyOn(crypto.subtle, "timingSafeEqual");
  await asking("Bearer first", [clientWith("first"), clientWith("second"), clientWith("third")]);
  expect(compare).toHaveBeenCalledTimes(3);
  compare.mockRestore();
});

test("refuses_a_token_at_its_last_instant", async () => {
  const expiring = clientWith("token", ["tasks:read"], "2026-11-24T01:00:00+01:00");
  expect((await refusal(() => asking("Bearer token", [expiring]))).code).toBe("UNAUTHORIZED");
});

test("takes_a_token_a_millisecond_before_its_last_instant", async () => {
  const expiring = clientWith("token", ["tasks:read"], "2026-11-24T00:00:00Z");
  expect(await authenticate("Bearer token", [expiring], NOW_MS - 1)).toBe(expiring);
});

test("takes_the_new_token_beside_an_expired_one", async () => {
  const [old] = clientWith("old", ["tasks:read"], "2026-01-01T00:00:00Z").tokens;
  const client = clientWith("new");
  if (old !== undefined) client.tokens.unshift(old);
  expect(await asking("Bearer new", [client])).toBe(client);
  expect((await refusal(() => asking("Bearer old", [client]))).code).toBe("UNAUTHORIZED");
});

test("refuses_a_token_of_over_512_characters_unread", async () => {
  const token = "t".repeat(513);
  expect((await refusal(() => asking(`Bearer ${token}`, [clientWith(token)]))).code).toBe("UNAUTHORIZED");
});

test("challenges_without_an_error_where_no_token_was_sent", async () => {
  const { headers } = await refusal(() => asking(null, [clientWith("token")]));
  expect(headers["WWW-Authenticate"]).toBe('Bearer realm="sandbox"');
});

test("challenges_with_invalid_token_where_one_was_sent", async () => {
  const { headers } = await refusal(() => asking("Bearer wrong", [clientWith("token")]));
  expect(headers["WWW-Authenticate"]).toBe('Bearer realm="sandbox", error="invalid_token"');
});

test("refuses_a_scope_that_the_client_lacks_and_names_it", async () => {
  const { code, headers } = await refusal(() => requireScope(clientWith("t", ["tasks:read"]), "tasks:write"));
  expect(code).toBe("FORBIDDEN");
  expect(headers["WWW-Authenticate"]).toBe(
    'Bearer realm="sandbox", error="insufficient_scope", scope="tasks:write"',
  );
});
