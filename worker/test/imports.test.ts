import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SOURCES = new URL("../src/", import.meta.url);

/** A file imports from the layers before its own, and from its own. `bindings` is types only: all may name it. */
const LAYERS: readonly (readonly string[])[] = [
  ["errors", "log", "lines", "refused_body", "turns"],
  ["contract", "settings", "outcome", "runner"],
  [
    "operations",
    "task_paths",
    "openapi",
    "auth",
    "results",
    "egress",
    "idempotency",
    "request_body",
    "problem_answer",
    "rate_limit",
    "task_table",
    "time_limit",
  ],
  ["task_record", "task_view", "task_storage", "task_ports", "progress", "watchers", "alarm"],
  ["phases/queued", "phases/starting", "phases/running", "phases/storing", "phases/cleaning", "phases/ended"],
  ["lifecycle", "queue", "sandbox"],
  ["deployed_ports"],
  ["task"],
  ["answers", "task_events", "readiness", "endpoint"],
  ["endpoints/deployment", "endpoints/events", "endpoints/execute", "endpoints/tasks"],
  ["router"],
  ["index"],
];

const files = (readdirSync(SOURCES.pathname, { recursive: true }) as string[])
  .filter((path) => path.endsWith(".ts"))
  .map((path) => path.slice(0, -".ts".length));

const layerOf = (file: string): number => LAYERS.findIndex((layer) => layer.includes(file));
const sourceOf = (file: string): string => readFileSync(`${SOURCES.pathname}${file}.ts`, "utf8");

function importsOf(file: string): string[] {
  const from = new URL(`${file}.ts`, SOURCES);
  const paths = [...sourceOf(file).matchAll(/from "(\.[^"]+)\.ts"/g)].map(
    ([, path]) => new URL(path ?? "", from),
  );
  return paths.map(({ pathname }) => pathname.slice(SOURCES.pathname.length));
}

test("every_file_has_its_layer", () => {
  expect([...files].sort()).toEqual([...LAYERS.flat(), "bindings"].sort());
});

test.each(files.filter((file) => file !== "bindings"))("%s_imports_no_later_layer", (file) => {
  const later = importsOf(file).filter((imported) => layerOf(imported) > layerOf(file));
  expect(later).toEqual([]);
});

test("no_file_imports_itself_in_a_circle", () => {
  const reached = (file: string, seen: Set<string>): Set<string> => {
    for (const imported of importsOf(file).filter((name) => name !== "bindings" && !seen.has(name)))
      reached(imported, seen.add(imported));
    return seen;
  };
  expect(files.filter((file) => file !== "bindings" && reached(file, new Set()).has(file))).toEqual([]);
});

test("bindings_are_types_only", () => {
  expect(sourceOf("bindings")).not.toMatch(/^import (?!type)/m);
});

test("only_the_sandbox_knows_cloudflares_sdk", () => {
  const knowing = files.filter((file) => sourceOf(file).includes('from "@cloudflare/sandbox"'));
  expect(knowing.sort()).toEqual(["index", "sandbox"]);
});

test.each(files)("%s_is_no_longer_than_a_screenful_or_two", (file) => {
  expect(sourceOf(file).split("\n").length).toBeLessThanOrEqual(190);
});
