/** The two programs that run elsewhere than in this process, each bundled into one file when the data plane starts. */

import { join } from "node:path";
import { build } from "esbuild";
import type { Folders } from "./folders.ts";

const SOURCES = import.meta.dirname;

/** The stand-in server, as CommonJS, which Node starts faster. Returns its path. */
export async function bundleSandboxServer(folders: Folders): Promise<string> {
  const outfile = join(folders.run, "sandbox-server.cjs");
  await build({
    entryPoints: [join(SOURCES, "sandbox_server", "main.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    outfile,
    logLevel: "silent",
  });
  return outfile;
}

/** The module beside an uploaded Worker. Returns its source. */
export async function bundleContainerShim(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(SOURCES, "workers", "container_shim.ts")],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
