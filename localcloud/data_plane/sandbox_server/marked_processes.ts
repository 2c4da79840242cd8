/**
 * The processes of a sandbox that no namespace holds together. Each inherits a mark in its environment, so it is found
 * wherever it has got to: commands have sessions of their own, and one whose parent died is nobody's child.
 */

import { readdirSync, readFileSync } from "node:fs";

/** The variable whose value, the sandbox's folder, marks a process. */
export const MARK = "LOCALCLOUD_SANDBOX";

/** SIGKILL to every process with this mark but the caller, until none has started meanwhile. */
export function endMarkedProcesses(folder: string): void {
  const killed = new Set([process.pid]);
  for (let found = marked(folder, killed); found.length > 0; found = marked(folder, killed)) {
    for (const pid of found) {
      killed.add(pid);
      kill(pid);
    }
  }
}

function marked(folder: string, known: ReadonlySet<number>): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => !known.has(pid) && isMarked(pid, folder));
}

function isMarked(pid: number, folder: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
    return environment.split("\0").includes(`${MARK}=${folder}`);
  } catch {
    return false; // It has ended, or is another user's.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
