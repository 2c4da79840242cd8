/** What the process backend runs in place of an image: this machine's system, with the image's own files laid over it. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";

export interface Image {
  /** Files of this machine, by the path that they have in the image. */
  readonly files: ReadonlyMap<string, string>;
  /** Those of the files that are programs. */
  readonly programs: readonly string[];
  readonly node: string;
  readonly claude: string;
  readonly sandboxServer: string;
}

const CONTAINER_FOLDER = join(import.meta.dirname, "..", "..", "..", "container");

/** Where `container/Dockerfile` puts its files; a test compares the two. */
export const COPIED_FILES: Readonly<Record<string, string>> = {
  "claude-task": "/usr/local/bin/claude-task",
  "managed-settings.json": "/etc/claude-code/managed-settings.json",
};

/** `claude` may be another program, for tests. @throws Error where the locked package is not installed */
export function image(sandboxServer: string, claude = installedClaude()): Image {
  const copied = Object.entries(COPIED_FILES).map(
    ([name, path]) => [path, join(CONTAINER_FOLDER, name)] as const,
  );
  const programs = copied.filter(([path]) => path.startsWith("/usr/local/bin/")).map(([, source]) => source);
  return { files: new Map(copied), programs, node: process.execPath, claude, sandboxServer };
}

/** The binary of the platform's own package: the main package's file is a stub until its install script has run. */
function installedClaude(): string {
  const name = `@anthropic-ai/claude-code-${platform()}-${arch()}`;
  const binary = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "claude");
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make install`);
  return binary;
}
