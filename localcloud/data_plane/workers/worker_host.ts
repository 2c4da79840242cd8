/** One Worker in a workerd of its own, which is started again when it dies. */

import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Log, LogLevel, Miniflare, type MiniflareOptions, type WorkerOptions } from "miniflare";
import type { Bucket } from "../buckets.ts";
import type { Folders } from "../folders.ts";
import { errorText, logEvent } from "../log.ts";
import type { ShimConfiguration } from "./container_shim.ts";
import { Gate } from "./gate.ts";
import type { Upload } from "./upload.ts";
import { WorkerLog } from "./worker_log.ts";
import { routerSource, SHIM_MODULE, WRAPPER_MODULE, wrapperSource } from "./wrapper.ts";

const EGRESS_SECRET_HEADER = "x-localcloud-egress-secret";
const USER = "user";
const ROUTER = "localcloud-router";
const WATCH_MS = 100;

export interface HostSettings {
  folders: Folders;
  shimModule: string;
  bridgeUrl: string;
  egressUrlHeader: string;
  hasFaults: boolean;
  runningObjects: (namespaceId: string) => string[];
}

export type WorkerState = "starting" | "serving" | "stopped";

export class WorkerHost {
  readonly name: string;
  readonly #settings: HostSettings;
  readonly #egressSecret = randomBytes(24).toString("hex");
  readonly #log: WorkerLog;
  readonly #gate = new Gate();
  #upload: Upload;
  #miniflare: Miniflare | undefined;
  #router: URL | undefined;
  #watch: NodeJS.Timeout | undefined;
  #started: Promise<void> = Promise.resolve();
  state: WorkerState = "starting";

  constructor(name: string, upload: Upload, settings: HostSettings) {
    this.name = name;
    this.#upload = upload;
    this.#settings = settings;
    this.#log = new WorkerLog(settings.folders.workerLog(name));
  }

  get port(): number {
    return this.#upload.port;
  }

  get workerdPid(): number | null {
    try {
      return Number(readFileSync(this.#settings.folders.workerdPid(this.name), "utf8"));
    } catch {
      return null;
    }
  }

  /** Serves this version; returns once it answers. @throws Error with workerd's words where the module does not start */
  async serve(upload: Upload): Promise<void> {
    const previous = this.#upload;
    this.#upload = upload;
    try {
      await this.#start();
    } catch (thrown) {
      this.#upload = previous;
      throw thrown;
    }
  }

  /** The name of the binding that gives access to a bucket, if this Worker has one. */
  bindingOf(bucketName: string): string | undefined {
    const found = this.#upload.bindings.find(
      (binding) => binding.type === "r2_bucket" && binding.bucket_name === bucketName,
    );
    return found?.name;
  }

  async bucket(binding: string): Promise<Bucket> {
    if (this.#miniflare === undefined) throw new Error(`the Worker ${this.name} is not served`);
    return (await this.#miniflare.getR2Bucket(binding, USER)) as unknown as Bucket;
  }

  get namespaceIds(): string[] {
    return this.#upload.durable_objects.map(({ namespace_id }) => namespace_id);
  }

  ownsNamespace(namespaceId: string): boolean {
    return this.namespaceIds.includes(namespaceId);
  }

  /** Where requests of a container of this namespace are handled. */
  egressRoute(namespaceId: string, objectId: string): URL {
    const owner = this.#upload.durable_objects.find(({ namespace_id }) => namespace_id === namespaceId);
    return new URL(`/${owner?.class_name}/${objectId}`, this.#router);
  }

  /** Serves again what was served last. */
  resume(): Promise<void> {
    return this.#start();
  }

  /** For good. A start that is under way is awaited, or it would serve what was stopped. */
  async stop(): Promise<void> {
    clearInterval(this.#watch);
    this.state = "stopped";
    await this.#started.catch(() => undefined);
    this.#gate.close();
    await this.#miniflare?.dispose();
  }

  /** One at a time: a version may be deployed while a workerd that died is started again. */
  #start(): Promise<void> {
    this.#started = this.#started.catch(() => undefined).then(() => this.#startNow());
    return this.#started;
  }

  async #startNow(): Promise<void> {
    if (this.#isStopped) throw new Error(`the Worker ${this.name} was stopped`);
    clearInterval(this.#watch);
    this.state = "starting";
    const startLog = this.#log.mark();
    await this.#gate.hold();
    rmSync(this.#settings.folders.workerdPid(this.name), { force: true });
    try {
      await this.#gate.listen(this.port);
      if (this.#miniflare === undefined) this.#miniflare = new Miniflare(this.#options());
      else await this.#miniflare.setOptions(this.#options());
      await this.#miniflare.ready;
      this.#router = await this.#miniflare.unsafeGetDirectURL(ROUTER);
      this.#gate.open(await this.#miniflare.unsafeGetDirectURL(USER));
    } catch (thrown) {
      throw new Error(`${errorText(thrown)}\n${this.#log.since(startLog)}`.trim());
    }
    if (this.#isStopped) return;
    this.state = "serving";
    this.#watchAlive();
  }

  get #isStopped(): boolean {
    return this.state === "stopped";
  }

  #watchAlive(): void {
    this.#watch = setInterval(() => this.#restartIfDead(), WATCH_MS).unref();
  }

  #restartIfDead(): void {
    const pid = this.workerdPid;
    if (pid !== null && isAlive(pid)) return;
    clearInterval(this.#watch);
    logEvent("workerd_died", { worker: this.name, pid });
    this.#start().catch((thrown) => {
      logEvent("worker_restart_failed", { worker: this.name, error: errorText(thrown) });
      // Miniflare's own restart may have been in the way. Unless it was stopped meanwhile, it is tried again.
      if (!this.#isStopped) this.#watchAlive();
    });
  }

  #options(): MiniflareOptions {
    const { folders } = this.#settings;
    return {
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        for (const stream of [stdout, stderr])
          createInterface(stream).on("line", (line) => this.#log.write(line));
      },
      unsafeRuntimeEnv: { LOCALCLOUD_WORKERD_PID_FILE: folders.workerdPid(this.name) },
      durableObjectsPersist: folders.durableObjects,
      r2Persist: folders.buckets,
      workers: [this.#userWorker(), this.#routerWorker()],
    };
  }

  #userWorker(): WorkerOptions {
    const { bindings, compatibility_date, compatibility_flags, modules, version_id } = this.#upload;
    const secretsAndTexts = bindings.flatMap((binding) => {
      if (binding.type === "plain_text" || binding.type === "secret_text")
        return [[binding.name, binding.text] as const];
      if (binding.type === "json") return [[binding.name, binding.json] as const];
      const version = { id: version_id, tag: "", timestamp: new Date().toISOString() };
      return binding.type === "version_metadata" ? [[binding.name, version] as const] : [];
    });
    return {
      name: USER,
      compatibilityDate: compatibility_date,
      compatibilityFlags: compatibility_flags,
      modules: [
        { type: "ESModule", path: WRAPPER_MODULE, contents: wrapperSource(this.#upload, this.#shim()) },
        { type: "ESModule", path: SHIM_MODULE, contents: this.#settings.shimModule },
        ...modules.map(({ name, content_base64 }) => ({
          type: "ESModule" as const,
          path: name,
          contents: Buffer.from(content_base64, "base64"),
        })),
      ],
      bindings: Object.fromEntries(secretsAndTexts) as Record<string, never>,
      r2Buckets: Object.fromEntries(
        bindings.flatMap((binding) =>
          binding.type === "r2_bucket" ? [[binding.name, binding.bucket_name]] : [],
        ),
      ),
      durableObjects: Object.fromEntries(
        bindings.flatMap((binding) =>
          binding.type === "durable_object_namespace"
            ? [[binding.name, this.#namespace(binding.class_name)]]
            : [],
        ),
      ),
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    };
  }

  /** The namespace's id names the folder of its data, so a Worker or class that is renamed keeps it. */
  #namespace(className: string) {
    const known = this.#upload.durable_objects.find(({ class_name }) => class_name === className);
    return { className, useSQLite: true, unsafeUniqueKey: known?.namespace_id ?? className };
  }

  #routerWorker(): WorkerOptions {
    const containers = this.#upload.durable_objects.filter(({ has_container }) => has_container);
    return {
      name: ROUTER,
      compatibilityDate: this.#upload.compatibility_date,
      modules: true,
      script: routerSource(EGRESS_SECRET_HEADER, this.#egressSecret),
      durableObjects: Object.fromEntries(
        containers.map(({ class_name }) => [
          class_name,
          { ...this.#namespace(class_name), scriptName: USER },
        ]),
      ),
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    };
  }

  #shim(): ShimConfiguration {
    const { bridgeUrl, egressUrlHeader, hasFaults, runningObjects } = this.#settings;
    const { bindings, durable_objects } = this.#upload;
    const running = durable_objects.map(
      ({ namespace_id }) => [namespace_id, runningObjects(namespace_id)] as const,
    );
    return {
      bridge: bridgeUrl,
      egressUrlHeader,
      egressSecretHeader: EGRESS_SECRET_HEADER,
      egressSecret: this.#egressSecret,
      running: Object.fromEntries(running),
      faultyBuckets: hasFaults
        ? bindings.filter(({ type }) => type === "r2_bucket").map(({ name }) => name)
        : [],
    };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
