/**
 * workerd by way of a launcher that notes its pid and, on Linux, has the kernel end it when this process ends. It starts
 * nothing while a pid is noted: Miniflare starts a workerd that died anew with the options of old, which know nothing of
 * the containers that run by now. The Worker's host does it with fresh ones.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Folders } from "./folders.ts";

/** Miniflare starts whatever this names. */
const VARIABLE = "MINIFLARE_WORKERD_PATH";

export function installWorkerdLauncher(folders: Folders): void {
  const launcher = join(folders.run, "workerd");
  const hasSetpriv = spawnSync("setpriv", ["--version"]).status === 0;
  const prefix = hasSetpriv ? "setpriv --pdeathsig KILL -- " : "";
  const script = [
    "#!/bin/sh",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell reads it.
    'file="${LOCALCLOUD_WORKERD_PID_FILE:-/dev/null}"',
    '[ ! -f "$file" ] || exit 1',
    'echo $$ >"$file"',
    `exec ${prefix}'${workerdBinary()}' "$@"`,
    "",
  ].join("\n");
  writeFileSync(launcher, script);
  chmodSync(launcher, 0o700);
  process.env[VARIABLE] = launcher;
}

/** The workerd that the locked Miniflare depends on. */
function workerdBinary(): string {
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  return (fromMiniflare("workerd") as { default: string }).default;
}
