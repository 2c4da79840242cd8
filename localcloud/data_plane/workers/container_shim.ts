/**
 * Runs inside workerd, beside an uploaded Worker: gives a container class the `ctx.container` that Cloudflare gives it.
 * Every call goes to the data plane's bridge. Contract: facts on the members that @cloudflare/containers uses.
 */

interface Fetcher {
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
}

interface ObjectState {
  id: { toString(): string };
  container?: Container;
}

type DurableObjectClass = new (
  state: ObjectState,
  env: Record<string, unknown>,
) => { fetch?(request: Request): unknown };

export interface ShimConfiguration {
  /** Base URL of the bridge, with its secret path. */
  bridge: string;
  /** Header and value by which the egress of a container is told from a user's request. */
  egressUrlHeader: string;
  egressSecretHeader: string;
  egressSecret: string;
  /** Objects whose container runs already while this module is loaded, by namespace id. */
  running: Readonly<Record<string, readonly string[]>>;
  /** Names of R2 bindings whose puts ask for faults. */
  faultyBuckets: readonly string[];
}

interface Exit {
  code: number | null;
  signal: string | null;
}

const NOT_LISTENING = "the container is not listening in the TCP address";
const SIGNAL_EXIT_CODES: Readonly<Record<string, number>> = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130 };

/** An object may be evicted while its container runs on; this outlives the object within the isolate. */
const runningObjects = new Set<string>();

class Container {
  readonly #url: string;
  readonly #key: string;
  #starting: Promise<void> = Promise.resolve();
  #wasDestroyed = false;
  readonly #byHost = new Map<string, Fetcher>();
  #forAllHosts: Fetcher | undefined;

  constructor(bridge: string, namespaceId: string, objectId: string) {
    this.#key = `${namespaceId}/${objectId}`;
    this.#url = `${bridge}/${this.#key}`;
  }

  get running(): boolean {
    return runningObjects.has(this.#key);
  }

  /** Synchronous as the platform's; later calls wait for what becomes of it. */
  start(): void {
    if (this.running) throw new Error("start() cannot be called on a container that is already running.");
    runningObjects.add(this.#key);
    this.#wasDestroyed = false;
    this.#starting = this.#call("start").then(
      () => undefined,
      (thrown) => {
        runningObjects.delete(this.#key);
        throw thrown;
      },
    );
    this.#starting.catch(() => undefined);
  }

  async monitor(): Promise<void> {
    await this.#starting;
    const exit = (await (await this.#call("monitor")).json()) as Exit;
    runningObjects.delete(this.#key);
    if (exit.code === 0 || this.#wasDestroyed) return;
    if (exit.code !== null) throw new Error(`container exited with unexpected exit code: ${exit.code}`);
    throw new Error(
      `runtime signalled the container to exit: ${SIGNAL_EXIT_CODES[exit.signal ?? ""] ?? 137}`,
    );
  }

  async destroy(): Promise<void> {
    this.#wasDestroyed = true;
    await this.#starting.catch(() => undefined);
    await this.#call("destroy");
    runningObjects.delete(this.#key);
  }

  signal(number: number): void {
    void this.#starting.then(() => this.#call(`signal/${number}`)).catch(() => undefined);
  }

  getTcpPort(_port: number): Fetcher {
    return { fetch: (input, init) => this.#fetch(new Request(input, init)) };
  }

  async interceptOutboundHttp(host: string, handler: Fetcher): Promise<void> {
    this.#byHost.set(host, handler);
  }

  async interceptAllOutboundHttp(handler: Fetcher): Promise<void> {
    this.#forAllHosts = handler;
  }

  /** Nothing leaves a sandbox on port 443 here, so there is nothing to open. */
  async interceptOutboundHttps(_host: string, _handler: Fetcher): Promise<void> {}

  /** A request of the container to the outside. */
  async egress(request: Request): Promise<Response> {
    const handler = this.#byHost.get(new URL(request.url).hostname) ?? this.#forAllHosts;
    return handler === undefined
      ? new Response("Origin is disallowed", { status: 520 })
      : handler.fetch(request);
  }

  async #fetch(request: Request): Promise<Response> {
    await this.#starting;
    const headers = new Headers(request.headers);
    headers.set("x-localcloud-url", request.url);
    const { method, body, signal } = request;
    const answer = await fetch(`${this.#url}/port`, { method, headers, body, signal, redirect: "manual" });
    if (answer.headers.get("x-localcloud-error") === null) return answer;
    runningObjects.delete(this.#key);
    throw new Error(NOT_LISTENING);
  }

  async #call(verb: string): Promise<Response> {
    const answer = await fetch(`${this.#url}/${verb}`, { method: "POST" });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  }
}

export function configure(configuration: ShimConfiguration): {
  withContainer(base: DurableObjectClass, namespaceId: string): DurableObjectClass;
  withFaults(base: DurableObjectClass): DurableObjectClass;
} {
  for (const [namespaceId, objectIds] of Object.entries(configuration.running)) {
    for (const objectId of objectIds) runningObjects.add(`${namespaceId}/${objectId}`);
  }
  return {
    withContainer: (base, namespaceId) => containerClass(base, namespaceId, configuration),
    withFaults: (base) =>
      configuration.faultyBuckets.length === 0 ? base : faultyClass(base, configuration),
  };
}

/** Handlers of outgoing requests are found by the class's name, so the subclass keeps it. */
function containerClass(
  base: DurableObjectClass,
  namespaceId: string,
  shim: ShimConfiguration,
): DurableObjectClass {
  const wrapped = class extends base {
    readonly #container: Container;

    constructor(state: ObjectState, env: Record<string, unknown>) {
      const container = new Container(shim.bridge, namespaceId, state.id.toString());
      Object.defineProperty(state, "container", { value: container });
      super(state, env);
      this.#container = container;
    }

    override fetch(request: Request): unknown {
      const url = request.headers.get(shim.egressUrlHeader);
      if (url === null || request.headers.get(shim.egressSecretHeader) !== shim.egressSecret)
        return super.fetch?.(request);
      const headers = new Headers(request.headers);
      headers.delete(shim.egressUrlHeader);
      headers.delete(shim.egressSecretHeader);
      const { method, body } = request;
      return this.#container.egress(new Request(url, { method, headers, body, redirect: "manual" }));
    }
  };
  Object.defineProperty(wrapped, "name", { value: base.name });
  return wrapped;
}

function faultyClass(base: DurableObjectClass, shim: ShimConfiguration): DurableObjectClass {
  const wrapped = class extends base {
    constructor(state: ObjectState, env: Record<string, unknown>) {
      const faulty = shim.faultyBuckets.map(
        (name) => [name, faultyBucket(env[name] as object, shim.bridge)] as const,
      );
      super(state, { ...env, ...Object.fromEntries(faulty) });
    }
  };
  Object.defineProperty(wrapped, "name", { value: base.name });
  return wrapped;
}

function faultyBucket(bucket: object, bridge: string): object {
  return new Proxy(bucket, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      if (name !== "put") return member.bind(target);
      return async (...parameters: unknown[]): Promise<unknown> => {
        const answer = await fetch(`${bridge}/-/-/put-fault`, { method: "POST" });
        if (((await answer.json()) as { fails: boolean }).fails)
          throw new Error("put: We encountered an internal error. (10001)");
        return member.apply(target, parameters) as unknown;
      };
    },
  });
}
