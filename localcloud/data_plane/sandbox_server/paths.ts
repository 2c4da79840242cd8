/** A sandbox's paths. Without mounts of its own they lie below its folder; its root is "/" where it has them. */

import { join, resolve } from "node:path";

/** Where relative paths begin, and commands run. */
const WORKSPACE = "/workspace";

/** Where a path of the sandbox lies on the disk. */
export function realPath(root: string, path = WORKSPACE): string {
  return join(root, resolve(WORKSPACE, path));
}
