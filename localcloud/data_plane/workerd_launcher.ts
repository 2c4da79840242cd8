/** workerd by way of a launcher that notes its pid and, on Linux, has the kernel end it when this process ends. */

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
  const script = `#!/bin/sh\necho $$ >"$LOCALCLOUD_WORKERD_PID_FILE"\nexec ${prefix}'${workerdBinary()}' "$@"\n`;
  writeFileSync(launcher, script);
  chmodSync(launcher, 0o700);
  process.env[VARIABLE] = launcher;
}

/** The workerd that the locked Miniflare depends on. */
function workerdBinary(): string {
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  return (fromMiniflare("workerd") as { default: string }).default;
}
