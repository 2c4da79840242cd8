/**
 * localcloud's data plane: serves Workers with workerd and their containers with sandboxed processes, as the control
 * plane tells it by the Unix socket `<home>/data-plane.sock`. It ends when its stdin does, so never outlives its parent.
 *
 *   node main.ts --home FOLDER [--bwrap PROGRAM] [--claude PROGRAM] [--faults]
 */

import { chmodSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createApi } from "./api.ts";
import { Buckets } from "./buckets.ts";
import { bundleContainerShim, bundleSandboxServer } from "./bundles.ts";
import { listenForObjects } from "./containers/bridge.ts";
import { bubblewrapBackend } from "./containers/bubblewrap.ts";
import { EGRESS_URL_HEADER } from "./containers/egress.ts";
import { image } from "./containers/image.ts";
import { Instances } from "./containers/instances.ts";
import { plainBackend } from "./containers/plain_process.ts";
import { InjectedFaults } from "./faults.ts";
import { Folders } from "./folders.ts";
import { logEvent } from "./log.ts";
import { installWorkerdLauncher } from "./workerd_launcher.ts";
import { Workers } from "./workers/workers.ts";

const { values: options } = parseArgs({
  options: {
    home: { type: "string" },
    bwrap: { type: "string" },
    claude: { type: "string" },
    faults: { type: "boolean", default: false },
  },
});
if (options.home === undefined) throw new Error("--home FOLDER is needed");

const folders = new Folders(resolve(options.home));
installWorkerdLauncher(folders);
const sandboxImage = image(await bundleSandboxServer(folders), options.claude);
const isolated =
  options.bwrap === undefined ? null : bubblewrapBackend(options.bwrap, sandboxImage, folders.run);
const backend = isolated ?? plainBackend(sandboxImage);
const faults = new InjectedFaults(options.faults);
const instances = new Instances(backend, faults, folders.run, (namespaceId, objectId) =>
  workers.egressRoute(namespaceId, objectId),
);
const bridge = await listenForObjects(instances, faults);
const workers: Workers = new Workers({
  folders,
  shimModule: await bundleContainerShim(),
  bridgeUrl: bridge.url,
  egressUrlHeader: EGRESS_URL_HEADER,
  hasFaults: options.faults,
  runningObjects: (namespaceId) => instances.runningObjects(namespaceId),
});
const buckets = new Buckets(folders, () => workers.hosts());
const api = createApi({ workers, instances, buckets, faults, isolation: backend.isolation });

/** Whatever is not closed by then ends with this process. */
const CLOSE_MS = 8_000;

let isClosing = false;
async function close(reason: string): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  logEvent("data_plane_stopping", { reason });
  setTimeout(() => process.exit(1), CLOSE_MS);
  rmSync(folders.socket, { force: true });
  await workers.close();
  await instances.close();
  folders.tidy();
  process.exit(0);
}

process.on("SIGTERM", () => void close("SIGTERM"));
process.on("SIGINT", () => void close("SIGINT"));
process.stdin.resume().on("end", () => void close("parent ended"));

rmSync(folders.socket, { force: true });
api.listen(folders.socket, () => {
  chmodSync(folders.socket, 0o600);
  logEvent("data_plane_ready", { isolation: backend.isolation });
});
