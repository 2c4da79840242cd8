/** The HTTP contract: what comes in and what goes out. */

import * as z from "zod";
import { FAILURES } from "./errors.ts";

const MIN_TIMEOUT_MS = 1_000;

/** A task that has passed all checks. */
export interface ExecuteInput {
  prompt: string;
  timeoutMs: number;
}

export const TaskId = z.uuid().meta({
  description: "The task's id: a lower-case UUID.",
  example: "a1b2c3d4-e5f6-4890-abcd-ef1234567890",
});
const Timestamp = z.iso
  .datetime({ precision: 3 })
  .meta({ description: "ISO 8601 in UTC with milliseconds." });

/** Unknown fields are refused: a misspelt `timeout` must not pass in silence. */
export const ExecuteRequest = z
  .strictObject({
    task: z
      .string()
      .meta({ description: "What Claude Code shall do, in plain language. Reaches it byte for byte." }),
    timeout: z.int().min(MIN_TIMEOUT_MS).optional().meta({
      description: "Milliseconds that the run may take. Default and maximum are the stack's limits.",
    }),
  })
  .meta({ id: "ExecuteRequest" });

export const END_STATUSES = ["succeeded", "failed", "timed_out", "cancelled", "interrupted"] as const;
export const TASK_STATUSES = ["queued", "running", ...END_STATUSES] as const;

const FailureCode = z
  .enum(Object.keys(FAILURES) as [keyof typeof FAILURES, ...(keyof typeof FAILURES)[]])
  .nullable()
  .meta({
    description: Object.entries(FAILURES)
      .map(([code, meaning]) => `${code}: ${meaning}`)
      .join(" "),
  });

export const Health = z
  .object({
    status: z.literal("healthy"),
    platform: z.literal("cloudflare_sandboxes"),
    auth_method: z.enum(["claude_subscription_setup_token", "anthropic_api_key"]),
  })
  .meta({ id: "Health" });

export const Readiness = z
  .object({
    ready: z.boolean(),
    checks: z
      .record(z.string(), z.boolean())
      .meta({ description: "One entry for each thing that a task needs." }),
  })
  .meta({ id: "Readiness" });

export const ExecuteAnswer = z
  .object({
    taskId: TaskId,
    success: z
      .boolean()
      .meta({ description: "True only for exit code 0 with a result event that is no error." }),
    stdout: z.string().meta({ description: "The answer, as `claude -p` prints it." }),
    stderr: z.string(),
    output: z.string().meta({ description: "`stdout`, or `stderr` where that is empty." }),
    status: z.enum(END_STATUSES),
    code: FailureCode,
    execution_time_ms: z.int(),
    truncated: z.boolean().meta({ description: "Whether stdout or stderr was cut; the whole is in R2." }),
  })
  .meta({ id: "ExecuteAnswer" });

export const AcceptedAnswer = z
  .object({ taskId: TaskId, status: z.enum(TASK_STATUSES) })
  .meta({ id: "AcceptedAnswer" });

export const TaskResult = z
  .object({
    taskId: TaskId,
    success: z.boolean(),
    stdout: z.string(),
    stderr: z.string(),
    output: z.string(),
    timestamp: Timestamp,
    status: z.enum(END_STATUSES),
    code: FailureCode,
    truncated: z.boolean(),
    execution_time_ms: z.int(),
    cost_usd: z.number().nullable().meta({ description: "What the CLI reports of the model's cost." }),
    num_turns: z.int().nullable(),
    permission_denials: z.array(z.string()).meta({ description: "Names of tools that were refused." }),
    session_id: z.string().nullable(),
    attempts: z.int(),
  })
  .meta({ id: "TaskResult" });

export const TaskStatus = z
  .object({
    taskId: TaskId,
    status: z.enum(TASK_STATUSES),
    attempts: z
      .int()
      .meta({ description: "Sandboxes that were prepared for the task; a run starts at most once." }),
    timeout_ms: z.int(),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    ended_at: Timestamp.nullable(),
  })
  .meta({ id: "TaskStatus" });
export type TaskStatus = z.infer<typeof TaskStatus>;

export const TaskList = z
  .object({
    tasks: z.array(z.object({ taskId: TaskId, status: z.enum(TASK_STATUSES), created_at: Timestamp })),
    cursor: z
      .string()
      .nullable()
      .meta({ description: "Give it back as `cursor` for the next page; null at the end." }),
  })
  .meta({ id: "TaskList" });

/** The seed's `error` stands beside the members of RFC 9457. */
export const ProblemBody = z
  .object({
    error: z.string(),
    type: z.url(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "Stable, UPPER_SNAKE." }),
    requestId: z.string(),
    detail: z.string().meta({ description: "What to do next." }),
    instance: z.string().meta({ description: "The path that was asked for." }),
    details: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    taskId: TaskId.optional(),
    retryable: z.boolean().optional(),
  })
  .meta({ id: "Problem" });

export const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .nullable()
    .default(null),
  status: z.enum(TASK_STATUSES).nullable().default(null),
});
