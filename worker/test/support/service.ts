/** The whole Worker in this process: its own router, tasks and queue, on doubles of the platform and of the sandbox. */

import { TaskQueue } from "../../src/queue.ts";
import { app } from "../../src/router.ts";
import type { Settings } from "../../src/settings.ts";
import { Task } from "../../src/task.ts";
import { Bucket } from "./bucket.ts";
import { ObjectNamespace } from "./object_namespace.ts";
import { answering, SandboxDouble, type Script } from "./sandbox_double.ts";
import { clientWith, SETTINGS } from "./settings.ts";

export const TOKEN = "token-of-the-default-client";
export const OTHER_TOKEN = "other-token";
export const READ_TOKEN = "token-that-may-only-read";
export const NO_TASK = "00000000-0000-4000-8000-000000000000";

const CLIENTS = [
  { ...clientWith(TOKEN), name: "default" },
  { ...clientWith(OTHER_TOKEN), name: "other" },
  { ...clientWith(READ_TOKEN, ["tasks:read"]), name: "reader" },
];

export class Service {
  readonly bucket = new Bucket();
  readonly bindings: Record<string, unknown>;
  readonly tasks = new ObjectNamespace(Task, () => this.bindings);
  readonly queue = new ObjectNamespace(TaskQueue, () => this.bindings);

  constructor({ script = answering, ...changed }: Partial<Settings> & { script?: Script } = {}) {
    SandboxDouble.script = script;
    this.bindings = {
      SETTINGS: JSON.stringify({ ...SETTINGS, ...changed }),
      CLIENTS: JSON.stringify(CLIENTS),
      ANTHROPIC_API_KEY: "sk-ant-canary",
      CLAUDE_CODE_OAUTH_TOKEN: "oat-canary",
      VERSION: { id: "version-1" },
      RESULTS: this.bucket,
      TASK: this.tasks,
      TASK_QUEUE: this.queue,
      Sandbox: new ObjectNamespace(SandboxDouble, () => undefined),
    };
  }

  fetch(path: string, init: RequestInit = {}, token: string | null = TOKEN): Promise<Response> {
    const headers = new Headers(init.headers);
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    return Promise.resolve(app.request(path, { ...init, headers }, this.bindings));
  }

  execute(
    body: unknown,
    headers: Record<string, string> = {},
    token: string | null = TOKEN,
  ): Promise<Response> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const all = { "content-type": "application/json", ...headers };
    return this.fetch("/execute", { method: "POST", body: text, headers: all }, token);
  }

  /** The id of a task that is accepted and not waited for. */
  async submit(task: string, headers: Record<string, string> = {}): Promise<string> {
    const answer = await this.execute({ task }, { prefer: "respond-async", ...headers });
    return (await bodyOf(answer))["taskId"] as string;
  }

  /** Waits for the end of the events, which is the end of the task. */
  async ended(taskId: string): Promise<string> {
    return (await this.fetch(`/tasks/${taskId}/events`)).text();
  }

  /** Waits until the task's object has done all it has to do. */
  async settled(taskId: string): Promise<void> {
    while ((await this.tasks.getByName(taskId).endStatus()) === null) await new Promise(setImmediate);
  }
}

export async function bodyOf(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown>;
}
