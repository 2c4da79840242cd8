/**
 * A sandbox that is none: a plain process of this user, for machines that refuse namespaces. It can read what the user
 * can read and reach what the user can reach, so localcloud gives it no real credential and says "not isolated".
 */

import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { endMarkedProcesses, MARK } from "../sandbox_server/marked_processes.ts";
import type { Container, ContainerBackend, Exit, InstanceFolder } from "./backend.ts";
import type { Image } from "./image.ts";
import { whenReady } from "./server_process.ts";

const FOLDERS = ["workspace", "home", "tmp", "bin", "var/lib/claude-task"];

export function plainBackend(image: Image): ContainerBackend {
  return { isolation: "none", start: (folder) => start(image, folder) };
}

async function start(image: Image, folder: InstanceFolder): Promise<Container> {
  const at = (path: string): string => join(folder.path, path);
  for (const path of FOLDERS) mkdirSync(at(path), { recursive: true });
  symlinkSync(image.claude, at("bin/claude"));
  for (const source of image.programs) symlinkSync(source, at(`bin/${basename(source)}`));
  const env = {
    PATH: `${at("bin")}:/usr/local/bin:/usr/bin:/bin`,
    HOME: at("home"),
    TMPDIR: at("tmp"),
    LANG: "C.UTF-8",
    CLAUDE_TASK_DIR: at("var/lib/claude-task"),
    [MARK]: folder.path,
  };
  const server = [image.sandboxServer, folder.serverSocket, folder.path, folder.egressSocket];
  // The server's stdin ends with this process, and so does the server: nothing else would tell it.
  const child = spawn(image.node, server, { env, stdio: ["pipe", "pipe", "inherit"] });
  const container = await whenReady(child, folder);
  return { ...container, exited: endedWhole(container, folder.path) };
}

/** A signal reaches the server alone; what it started ends after it. */
async function endedWhole({ exited }: Container, folder: string): Promise<Exit> {
  const exit = await exited;
  endMarkedProcesses(folder);
  return exit;
}
