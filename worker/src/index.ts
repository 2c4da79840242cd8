/** The Worker's entry module: the HTTP face, and the classes that the platform looks for by name. */

import { app } from "./router.ts";

export { ContainerProxy } from "@cloudflare/sandbox";
export { TaskQueue } from "./queue.ts";
export { Sandbox } from "./sandbox.ts";
export { Task } from "./task.ts";

export default app;
