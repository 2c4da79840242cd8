/** Everything that the platform hands to the Worker; infra's `worker` component declares the same names. */

import type { TaskQueue } from "./queue.ts";
import type { Sandbox } from "./sandbox.ts";
import type { ConfigurationBindings } from "./settings.ts";
import type { Task } from "./task.ts";

export interface Bindings extends ConfigurationBindings {
  readonly Sandbox: DurableObjectNamespace<Sandbox>;
  readonly TASK: DurableObjectNamespace<Task>;
  readonly TASK_QUEUE: DurableObjectNamespace<TaskQueue>;
  readonly RESULTS: R2Bucket;
  readonly VERSION: WorkerVersionMetadata;
}
