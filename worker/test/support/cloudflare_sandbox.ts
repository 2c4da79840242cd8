/** Stands for `@cloudflare/sandbox`: a sandbox is whatever the namespace has by the task's id. */

import { DurableObject } from "./cloudflare_workers.ts";

type Handler = (request: Request, env: never) => Promise<Response>;

export class Sandbox extends DurableObject {
  static readonly registered = new Map<string, Handler>();
  readonly started: unknown[][] = [];
  enableInternet = true;
  allowedHosts: string[] = [];
  interceptHttps = true;

  /** A setter as in the SDK: a field of a subclass would hide it, and register nothing. */
  static set outboundByHost(handlers: Record<string, Handler>) {
    for (const [host, handler] of Object.entries(handlers)) Sandbox.registered.set(host, handler);
  }

  async startProcess(...parameters: unknown[]): Promise<object> {
    this.started.push(parameters);
    return {};
  }
}

export class ContainerProxy {}

/** With which options each sandbox was asked for last. */
export const askedFor = new Map<string, unknown>();

export function getSandbox<T>(namespace: { getByName(id: string): T }, id: string, options: unknown): T {
  askedFor.set(id, options);
  return namespace.getByName(id);
}
