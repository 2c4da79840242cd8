import fc from "fast-check";
import { expect, test } from "vitest";
import { readExecuteInput } from "../src/request_body.ts";
import { refusal } from "./support/problems.ts";
import { SETTINGS } from "./support/settings.ts";
import { cutAt, streamOf, utf8 } from "./support/streams.ts";

const { limits } = SETTINGS;
const JSON_TYPE = { "content-type": "application/json" };

function request(body: BodyInit, headers: HeadersInit = JSON_TYPE): Request {
  return new Request("https://worker.test/execute", {
    method: "POST",
    body,
    headers,
    duplex: "half",
  } as RequestInit);
}

const read = (document: unknown) => readExecuteInput(request(JSON.stringify(document)), limits);
const refused = async (body: BodyInit, headers: HeadersInit = JSON_TYPE) =>
  refusal(() => readExecuteInput(request(body, headers), limits));

const prompts = fc.string({ unit: "binary" }).filter((text) => text.trim() !== "");

test("passes_every_prompt_on_byte_for_byte_wherever_the_body_is_cut", async () => {
  await fc.assert(
    fc.asyncProperty(prompts, fc.array(fc.nat()), async (task, cuts) => {
      const body = streamOf(...cutAt(utf8(JSON.stringify({ task })), cuts));
      expect((await readExecuteInput(request(body), limits)).prompt).toBe(task);
    }),
  );
});

test("takes_each_timeout_from_a_second_to_the_limit", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1_000, max: limits.maxTimeoutMs }), async (timeout) => {
      expect((await read({ task: "t", timeout })).timeoutMs).toBe(timeout);
    }),
  );
});

test("takes_the_default_where_no_timeout_is_given", async () => {
  expect((await read({ task: "t" })).timeoutMs).toBe(limits.defaultTimeoutMs);
});

test("answers_any_json_with_an_input_or_a_documented_refusal", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (document) => {
      const { code } = await refused(JSON.stringify(document));
      expect(["TASK_REQUIRED", "INVALID_REQUEST"]).toContain(code);
    }),
  );
});

test("answers_any_bytes_with_a_documented_refusal", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      expect((await refused(new Uint8Array(bytes))).code).toBe("INVALID_REQUEST");
    }),
  );
});

test.each([{}, { task: "" }, { task: " \n\t\u00a0" }, { task: 7 }, { task: null }, { task: ["t"] }])(
  "asks_for_a_task_where_the_body_is_%j",
  async (document) => {
    expect((await refused(JSON.stringify(document))).code).toBe("TASK_REQUIRED");
  },
);

test.each([0, -1, 999, 1_000.5, "1000", null, limits.maxTimeoutMs + 1, 1e300])(
  "points_to_the_timeout_%j",
  async (timeout) => {
    const { members } = await refused(JSON.stringify({ task: "t", timeout }));
    expect(members["errors"]).toEqual([{ pointer: "/timeout", detail: expect.any(String) }]);
  },
);

test("points_to_an_unknown_field_by_an_escaped_pointer", async () => {
  const { code, members } = await refused('{"task":"t","a/b~c":1}');
  expect(code).toBe("INVALID_REQUEST");
  expect(members["errors"]).toEqual([{ pointer: "/a~1b~0c", detail: expect.any(String) }]);
});

test("refuses_a_lone_surrogate", async () => {
  expect((await refused('{"task":"\\ud800"}')).members["errors"]).toMatchObject([{ pointer: "/task" }]);
});

test("measures_a_task_in_bytes_of_utf8", async () => {
  const fitting = "ä".repeat(limits.maxTaskBytes / 2);
  expect((await read({ task: fitting })).prompt).toBe(fitting);
  expect((await refused(JSON.stringify({ task: `${fitting}a` }))).code).toBe("INVALID_REQUEST");
});

test("refuses_a_body_over_the_limit_that_does_not_tell_its_length", async () => {
  const body = streamOf(...Array.from({ length: 17 }, () => new Uint8Array(64 * 1024).fill(0x20)));
  expect((await refused(body)).code).toBe("PAYLOAD_TOO_LARGE");
});

test("refuses_a_content_length_over_the_limit_before_the_type", async () => {
  const headers = { "content-length": String(limits.maxBodyBytes + 1), "content-type": "text/plain" };
  expect((await refused("{}", headers)).code).toBe("PAYLOAD_TOO_LARGE");
});

test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])(
  "refuses_the_content_type_%j",
  async (type) => {
    expect((await refused("{", { "content-type": type })).code).toBe("UNSUPPORTED_MEDIA_TYPE");
  },
);

test.each(["application/json", "Application/JSON; charset=utf-8", "application/task+json"])(
  "takes_the_content_type_%j",
  async (type) => {
    const input = await readExecuteInput(request('{"task":"t"}', { "content-type": type }), limits);
    expect(input.prompt).toBe("t");
  },
);

test("takes_a_body_without_a_content_type", async () => {
  expect((await readExecuteInput(request(utf8('{"task":"t"}'), {}), limits)).prompt).toBe("t");
});

test("refuses_a_compressed_body", async () => {
  const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
  expect((await refused("{}", headers)).code).toBe("UNSUPPORTED_MEDIA_TYPE");
});
