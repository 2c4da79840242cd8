/** Stands for `@cloudflare/sandbox`: a sandbox is whatever the namespace has by the task's id. */

export class Sandbox {}
export class ContainerProxy {}

export function getSandbox<T>(namespace: { getByName(id: string): T }, id: string): T {
  return namespace.getByName(id);
}
