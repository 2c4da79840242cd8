/** What several tests of tasks need: one that runs on, and one that has ended. */

import { bodyOf, Service } from "./service.ts";

export const forever = new Promise<never>(() => undefined);

/** A service whose runs go on until they are stopped. */
export const endless = (): Service => new Service({ script: () => ({ until: forever }) });

export async function ended(service = new Service()): Promise<{ service: Service; taskId: string }> {
  const taskId = (await bodyOf(await service.execute({ task: "t" })))["taskId"] as string;
  await service.settled(taskId);
  return { service, taskId };
}

/** All of an answer but what names the request. */
export async function alike(answer: Response): Promise<unknown> {
  const { requestId: _, ...body } = await bodyOf(answer);
  return [body, [...answer.headers].filter(([name]) => name !== "x-request-id")];
}
