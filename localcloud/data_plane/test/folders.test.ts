import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Folders } from "../folders.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "folders-"));
});

afterEach(() => rmSync(home, { recursive: true }));

function notedRun(): string {
  return readFileSync(join(home, "data-plane-run"), "utf8");
}

test("a run's folder goes with the run", () => {
  const folders = new Folders(home);
  folders.tidy();
  expect(existsSync(folders.run)).toBe(false);
  expect(notedRun).toThrow("ENOENT");
});

test("what a killed run left behind goes with the next one", () => {
  const killed = new Folders(home);
  const next = new Folders(home);
  expect(existsSync(killed.run)).toBe(false);
  next.tidy();
});

test("a run that ends late leaves its successor's note", () => {
  const late = new Folders(home);
  const successor = new Folders(home);
  late.tidy();
  expect(notedRun()).toBe(successor.run);
  successor.tidy();
});
