/** A sandbox server's process, from its start to its end. */

import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Container, Exit, InstanceFolder } from "./backend.ts";

const READY_MS = 30_000;

/** The server says "ready" once it listens. @throws Error it ended first, or took too long */
export async function whenReady(child: ChildProcess, { serverSocket }: InstanceFolder): Promise<Container> {
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: 127, signal: null }));
  });
  const isReady = await Promise.race([firstLine(child.stdout), exited.then(() => false), afterReadyTime()]);
  if (!isReady) {
    child.kill("SIGKILL");
    throw new Error("the sandbox server did not start; the data plane's log has its last words");
  }
  return { pid: child.pid ?? 0, serverSocket, exited, signal: (signal) => child.kill(signal) };
}

async function firstLine(output: Readable | null): Promise<boolean> {
  if (output === null) return false;
  for await (const line of createInterface(output)) return line === "ready";
  return false;
}

function afterReadyTime(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), READY_MS).unref());
}
