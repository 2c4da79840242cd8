/**
 * A sandbox by bubblewrap: own mounts, processes and users, and no network but the loopback device. Its writable
 * folders are in memory and vanish with it.
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { logEvent } from "../log.ts";
import { type Container, type ContainerBackend, type InstanceFolder, instanceFolder } from "./backend.ts";
import type { Image } from "./image.ts";
import { whenReady } from "./server_process.ts";

/** Where the sandbox sees its instance folder, and the server that runs in it. */
const INSIDE = {
  sockets: "/run/localcloud",
  server: "/container-server/sandbox-server.cjs",
  node: "/usr/local/bin/node",
  claude: "/usr/local/bin/claude",
} as const;

const SYSTEM_FOLDERS = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/** What programs need of /etc; the rest of it, passwords and keys among it, stays outside. */
const SYSTEM_SETTINGS = [
  "alternatives",
  "ca-certificates",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "pki",
  "ssl",
];
const WRITABLE_FOLDERS = ["/tmp", "/root", "/workspace", "/var", "/run"];

const ETC_FILES: Readonly<Record<string, string>> = {
  passwd: "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
  group: "root:x:0:\nnogroup:x:65534:\n",
  hosts: "127.0.0.1 localhost\n",
  hostname: "sandbox\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  "resolv.conf": "nameserver 127.0.0.1\n",
};

const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
};

/** The backend, or null where a trial run fails: some kernels and containers refuse user namespaces. */
export function bubblewrapBackend(program: string, image: Image, runFolder: string): ContainerBackend | null {
  const etcFolder = writeEtc(join(runFolder, "etc"));
  const trial = instanceFolder(mkdtempSync(join(runFolder, "trial-")));
  const tried = spawnSync(program, [...sandboxArguments(image, etcFolder, trial), INSIDE.node, "--version"]);
  rmSync(trial.path, { recursive: true });
  if (tried.status !== 0) {
    logEvent("bubblewrap_failed", { status: tried.status, stderr: String(tried.stderr).slice(0, 500) });
    return null;
  }
  return {
    isolation: "bubblewrap",
    start: (folder) => start(program, sandboxArguments(image, etcFolder, folder), folder),
  };
}

/** The arguments go by a pipe, since those of process 1 can be read from inside. */
async function start(program: string, sandbox: string[], folder: InstanceFolder): Promise<Container> {
  const inside = instanceFolder(INSIDE.sockets);
  const server = [INSIDE.node, INSIDE.server, inside.serverSocket, "/", inside.egressSocket];
  const child = spawn(program, ["--args", "3", "--", ...server], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  (child.stdio[3] as Writable).end(sandbox.map((argument) => `${argument}\0`).join(""));
  return whenReady(child, folder);
}

/** Writes the files that every sandbox gets as its /etc; returns their folder. */
function writeEtc(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(ETC_FILES)) writeFileSync(join(folder, name), text);
  return folder;
}

function sandboxArguments(image: Image, etcFolder: string, folder: InstanceFolder): string[] {
  return [
    ...[
      "--unshare-user",
      "--uid",
      "0",
      "--gid",
      "0",
      "--unshare-net",
      "--unshare-pid",
      "--unshare-ipc",
      "--unshare-uts",
    ],
    ...[
      "--hostname",
      "sandbox",
      "--die-with-parent",
      "--new-session",
      "--cap-drop",
      "ALL",
      "--cap-add",
      "CAP_NET_BIND_SERVICE",
    ],
    ...[
      "--ro-bind",
      "/usr",
      "/usr",
      "--tmpfs",
      "/usr/local/bin",
      "--proc",
      "/proc",
      "--dev",
      "/dev",
      "--tmpfs",
      "/etc",
    ],
    ...SYSTEM_FOLDERS.flatMap(systemFolder),
    ...SYSTEM_SETTINGS.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
    ...Object.keys(ETC_FILES).flatMap((name) => ["--ro-bind", join(etcFolder, name), `/etc/${name}`]),
    ...WRITABLE_FOLDERS.flatMap((path) => ["--tmpfs", path]),
    ...["--dir", "/var/tmp", "--dir", "/var/lib/claude-task", "--bind", folder.path, INSIDE.sockets],
    ...["--ro-bind", image.node, INSIDE.node, "--ro-bind", image.claude, INSIDE.claude],
    ...["--ro-bind", image.sandboxServer, INSIDE.server],
    ...[...image.files].flatMap(([path, source]) => ["--ro-bind", source, path]),
    ...["--clearenv", ...Object.entries(ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value])],
    ...["--chdir", "/workspace"],
  ];
}

/** Most systems have /bin as a link to /usr/bin; some have folders of their own. */
function systemFolder(path: string): string[] {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink()
    ? ["--symlink", readlinkSync(path), path]
    : ["--ro-bind", path, path];
}
