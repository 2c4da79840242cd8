/** Everything that the platform hands to the Worker; `worker_bindings` of infra/service_inputs.py declares the same. */

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
