import { expect, test } from "vitest";
import { FAILURES, INFRASTRUCTURE_FAILURES, PROBLEMS, type ProblemCode, problemName } from "../src/errors.ts";
import { openApiDocument } from "../src/openapi.ts";
import { app, ROUTED } from "../src/router.ts";

const METHODS = new Set(["get", "head", "post", "put", "patch", "delete", "options"]);
const CODES = Object.keys(PROBLEMS) as ProblemCode[];
const document = openApiDocument();

const bindings = { VERSION: { id: "version-1" } };
const get = (path: string): Promise<Response> => Promise.resolve(app.request(path, {}, bindings));

test("the_router_serves_the_documented_operations_and_no_other", () => {
  const documented = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    Object.keys(operations ?? {})
      .filter((method) => METHODS.has(method))
      .sort(),
  ]);
  const routed = [...ROUTED].map(([path, methods]) => [path, [...methods].sort()]);
  expect(Object.fromEntries(routed)).toEqual(Object.fromEntries(documented));
});

test("every_operation_but_the_public_ones_demands_a_token", () => {
  const open = Object.entries(document.paths ?? {}).filter(
    ([, path]) => path?.get?.security === undefined && path?.get,
  );
  expect(open.map(([path]) => path).sort()).toEqual(["/health", "/openapi.json", "/problems/{name}"]);
});

test("every_documented_response_has_a_description", () => {
  const responses = Object.values(document.paths ?? {}).flatMap((path) =>
    Object.values(path ?? {}).flatMap((operation) =>
      Object.values((operation as { responses?: object }).responses ?? {}),
    ),
  );
  expect(responses.every(({ description }) => description.length > 0)).toBe(true);
});

test.each(CODES)("%s_is_explained_where_its_type_points_to", async (code) => {
  const answer = await get(`/problems/${problemName(code)}`);
  const { status, error, nextStep } = PROBLEMS[code];
  expect(await answer.json()).toEqual({ code, status, title: error, detail: nextStep });
});

test("every_error_code_is_of_use_in_the_contract", () => {
  const text = JSON.stringify(document);
  const routersOwn = ["METHOD_NOT_ALLOWED"];
  expect(CODES.filter((code) => !text.includes(`${code}:`))).toEqual(routersOwn);
});

test("no_two_codes_have_one_name_and_no_failure_is_a_problem_of_another_meaning", () => {
  expect(new Set(CODES.map(problemName)).size).toBe(CODES.length);
  const both = CODES.filter((code) => code in FAILURES);
  expect(both).toEqual(["INTERNAL_ERROR"]);
});

test("every_infrastructure_failure_is_a_failure", () => {
  expect([...INFRASTRUCTURE_FAILURES].filter((code) => !(code in FAILURES))).toEqual([]);
});
