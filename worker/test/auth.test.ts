import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { authenticate, requireScope } from "../src/auth.ts";
import type { Client } from "../src/settings.ts";
import { refusal } from "./support/problems.ts";
import { clientWith, sha256Hex } from "./support/settings.ts";

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

const TOKEN = sha256Hex("a token as generate-token makes it");
const JWT = [{ alg: "none" }, { sub: "default" }].map((part) => btoa(JSON.stringify(part))).join(".");

test.each(["Bearer", "bearer", "BEARER", "bEaReR"])("takes_the_scheme_as_%s", async (scheme) => {
  const client = clientWith(TOKEN);
  expect(await asking(`${scheme} ${TOKEN}`, [client])).toBe(client);
});

test.each<[string, string | null]>([
  ["no_header", null],
  ["an_empty_header", ""],
  ["the_scheme_alone", "Bearer"],
  ["the_scheme_and_a_space", "Bearer "],
  ["the_token_alone", TOKEN],
  ["no_space", `Bearer${TOKEN}`],
  ["two_spaces", `Bearer  ${TOKEN}`],
  ["a_tab", `Bearer\t${TOKEN}`],
  ["a_colon", `Bearer: ${TOKEN}`],
  ["a_space_before", ` Bearer ${TOKEN}`],
  ["a_space_after", `Bearer ${TOKEN} `],
  ["a_carriage_return_after", `Bearer ${TOKEN}\r`],
  ["a_newline_after", `Bearer ${TOKEN}\n`],
  ["a_line_before", `x\nBearer ${TOKEN}`],
  ["a_nul_after", `Bearer ${TOKEN}\0`],
  ["two_headers", `Bearer ${TOKEN}, Bearer ${TOKEN}`],
  ["a_second_token", `Bearer ${TOKEN} ${TOKEN}`],
  ["another_scheme", `Basic ${btoa(`:${TOKEN}`)}`],
  ["a_scheme_that_ends_alike", `xBearer ${TOKEN}`],
  ["a_prefix_of_the_token", `Bearer ${TOKEN.slice(0, -1)}`],
  ["a_suffix_of_the_token", `Bearer ${TOKEN.slice(1)}`],
  ["one_character_more", `Bearer ${TOKEN}0`],
  ["one_bit_off", `Bearer ${TOKEN.slice(0, -1)}${String.fromCharCode(TOKEN.charCodeAt(63) ^ 1)}`],
  ["upper_case", `Bearer ${TOKEN.toUpperCase()}`],
  ["the_token_backwards", `Bearer ${[...TOKEN].reverse().join("")}`],
  ["the_token_in_quotes", `Bearer "${TOKEN}"`],
  ["the_token_percent_encoded", `Bearer %${TOKEN.charCodeAt(0).toString(16)}${TOKEN.slice(1)}`],
  ["the_token_in_base64", `Bearer ${btoa(TOKEN)}`],
  ["the_tokens_digest", `Bearer ${sha256Hex(TOKEN)}`],
  ["the_digest_of_nothing", `Bearer ${sha256Hex("")}`],
  ["look_alikes", `Bearer ${TOKEN.replaceAll("a", "\u0430").replaceAll("0", "\uff10")}`],
  [
    "full_width_digits",
    `Bearer ${TOKEN.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))}`,
  ],
  ["64_kib", `Bearer ${TOKEN.repeat(1024)}`],
  ["the_clients_name", `Bearer client-of-${TOKEN.slice(0, 8)}`],
  ["a_wildcard", "Bearer *"],
  ["a_word_for_nothing", "Bearer undefined"],
  ["a_signature_that_is_none", `Bearer ${JWT}.`],
  ["the_token_of_another_deployment", `Bearer ${sha256Hex("another token")}`],
])("refuses_%s", async (_case, header) => {
  expect((await refusal(() => asking(header, [clientWith(TOKEN), clientWith("")]))).code).toBe(
    "UNAUTHORIZED",
  );
});

test("refuses_a_token_that_was_taken_away", async () => {
  const client = { ...clientWith(TOKEN), tokens: [] };
  expect((await refusal(() => asking(`Bearer ${TOKEN}`, [client]))).code).toBe("UNAUTHORIZED");
});

test("refuses_everybody_where_there_are_no_clients", async () => {
  expect((await refusal(() => asking(`Bearer ${TOKEN}`, []))).code).toBe("UNAUTHORIZED");
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
  const { code, headers } = await refusal(() => asking(`Bearer ${token}`, [clientWith(token)]));
  expect(code).toBe("UNAUTHORIZED");
  expect(headers["WWW-Authenticate"]).toContain("invalid_token");
});

test("takes_a_token_of_512_characters", async () => {
  const client = clientWith("t".repeat(512));
  expect(await asking(`Bearer ${"t".repeat(512)}`, [client])).toBe(client);
});

test.each([null, "Basic dXNlcjpwYXNz"])(
  "challenges_without_an_error_where_no_token_was_sent_%s",
  async (sent) => {
    const { headers } = await refusal(() => asking(sent, [clientWith("token")]));
    expect(headers["WWW-Authenticate"]).toBe('Bearer realm="sandbox"');
  },
);

test("challenges_with_invalid_token_where_one_was_sent", async () => {
  const { headers } = await refusal(() => asking("Bearer wrong", [clientWith("token")]));
  expect(headers["WWW-Authenticate"]).toBe('Bearer realm="sandbox", error="invalid_token"');
});

test("lets_a_client_with_the_scope_pass", () => {
  expect(() => requireScope(clientWith("t", ["tasks:read"]), "tasks:read")).not.toThrow();
});

test("refuses_a_scope_that_the_client_lacks_and_names_it", async () => {
  const { code, headers } = await refusal(() => requireScope(clientWith("t", ["tasks:read"]), "tasks:write"));
  expect(code).toBe("FORBIDDEN");
  expect(headers["WWW-Authenticate"]).toBe(
    'Bearer realm="sandbox", error="insufficient_scope", scope="tasks:write"',
  );
});
