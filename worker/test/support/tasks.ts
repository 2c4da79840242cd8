/** What several tests of tasks need: one that runs on, and one that has ended. */

import type { Task } from "../../src/task.ts";
import { bodyOf, Service } from "./service.ts";

export const forever = new Promise<never>(() => undefined);

/** A service whose runs go on until they are stopped. */
export const endless = (): Service => new Service({ script: () => ({ until: forever }) });

type TaskCall = (...parameters: never[]) => Promise<unknown>;

/** From here on these calls of the service's tasks are answered by something else, which may make the real one. */
export function replaced(service: Service, calls: (real: Task) => Record<string, TaskCall>): void {
  const task = (real: Task): Task =>
    new Proxy(real, {
      get: (_, name) =>
        calls(real)[String(name)] ?? (Reflect.get(real, name, real) as TaskCall | undefined)?.bind(real),
    });
  service.bindings["TASK"] = { getByName: (name: string) => task(service.tasks.getByName(name)) };
}

export async function ended(service = new Service()): Promise<{ service: Service; taskId: string }> {
  const taskId = (await bodyOf(await service.execute({ task: "t" })))["taskId"] as string;
  await service.settled(taskId);
  return { service, taskId };
}

/** All of an answer but what names the request and its path. */
export async function alike(answer: Response): Promise<unknown> {
  const { requestId: _, instance: __, ...body } = await bodyOf(answer);
  return [body, [...answer.headers].filter(([name]) => name !== "x-request-id")];
}
