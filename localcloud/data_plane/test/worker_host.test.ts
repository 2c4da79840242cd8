import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bundleContainerShim } from "../bundles.ts";
import { Folders } from "../folders.ts";
import { installWorkerdLauncher } from "../workerd_launcher.ts";
import type { Upload } from "../workers/upload.ts";
import { WorkerHost } from "../workers/worker_host.ts";
import { freePort } from "./free_port.ts";

const SOURCE = "export default { fetch: () => new Response('served') };";

let folders: Folders;
let upload: Upload;
let host: WorkerHost;

beforeEach(async () => {
  folders = new Folders(mkdtempSync(join(tmpdir(), "worker-host-")));
  installWorkerdLauncher(folders);
  upload = uploadOn(await freePort());
  host = new WorkerHost("worker", upload, {
    folders,
    shimModule: await bundleContainerShim(),
    bridgeUrl: "http://nobody",
    egressUrlHeader: "x-egress",
    hasFaults: false,
    runningObjects: () => [],
  });
});

afterEach(async () => {
  if (host.state !== "stopped") await host.stop();
  folders.tidy();
  rmSync(folders.home, { recursive: true });
});

function uploadOn(port: number): Upload {
  const module = {
    name: "index.js",
    content_type: "application/javascript+module",
    content_base64: Buffer.from(SOURCE).toString("base64"),
  };
  return {
    port,
    version_id: "version",
    main_module: "index.js",
    modules: [module],
    compatibility_date: "2026-01-01",
    compatibility_flags: [],
    bindings: [],
    durable_objects: [],
  };
}

async function answer(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${upload.port}`)).text();
}

/** SIGKILL; returns once the host has noticed. */
async function killWorkerd(): Promise<void> {
  process.kill(host.workerdPid ?? Number.NaN, "SIGKILL");
  await vi.waitFor(() => expect(host.state).toBe("starting"), { timeout: 10_000, interval: 1 });
}

test("a workerd that dies is started again", async () => {
  await host.serve(upload);
  await killWorkerd();
  await vi.waitFor(() => expect(host.state).toBe("serving"), { timeout: 30_000 });
  expect(await answer()).toBe("served");
});

test("a Worker that is stopped while its workerd starts again stays stopped", async () => {
  await host.serve(upload);
  await killWorkerd();
  await host.stop();
  expect(host.state).toBe("stopped");
  await expect(answer()).rejects.toThrow("fetch failed");
});

test("a version that is deployed while workerd starts again is served", async () => {
  await host.serve(upload);
  await killWorkerd();
  await host.serve(upload);
  expect([host.state, await answer()]).toEqual(["serving", "served"]);
});

test("nothing is served after the stop", async () => {
  await host.serve(upload);
  await host.stop();
  await expect(host.resume()).rejects.toThrow("was stopped");
  expect(host.state).toBe("stopped");
});
