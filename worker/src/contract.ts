/** The HTTP contract: what comes in, what goes out, and the OpenAPI document that both are served by. */

import * as z from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { FAILURES, PROBLEMS, type ProblemCode } from "./errors.ts";

const MIN_TIMEOUT_MS = 1_000;

/** A task that has passed all checks. */
export interface ExecuteInput {
  prompt: string;
  timeoutMs: number;
}

const TaskId = z.uuid().meta({
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

const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

function problems(...codes: ProblemCode[]): Record<`${4 | 5}${string}`, ReturnType<typeof json>> {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const meaning = (status: number): string =>
    codes
      .filter((code) => PROBLEMS[code].status === status)
      .map((code) => `${code}: ${PROBLEMS[code].error}`)
      .join("; ");
  return Object.fromEntries(statuses.map((status) => [String(status), json(ProblemBody, meaning(status))]));
}

const ANY: ProblemCode[] = ["NOT_CONFIGURED", "INTERNAL_ERROR"];
const AUTHENTICATED: ProblemCode[] = [...ANY, "UNAUTHORIZED", "FORBIDDEN"];
const BEARER = [{ bearer: [] }];
const idParameter = { path: z.object({ taskId: TaskId }) };

export const PATHS: ZodOpenApiPathsObject = {
  "/health": {
    get: {
      summary: "Liveness, without authentication",
      responses: { "200": json(Health, "Alive"), ...problems(...ANY) },
    },
    head: { summary: "Liveness without a body", responses: { "200": { description: "Alive" } } },
  },
  "/readyz": {
    get: {
      summary: "Whether a task could run now",
      security: BEARER,
      responses: {
        "200": json(Readiness, "Ready"),
        "503": json(Readiness, "Not ready"),
        ...problems("UNAUTHORIZED", "FORBIDDEN"),
      },
    },
  },
  "/execute": {
    post: {
      summary: "Run a task in a fresh sandbox and wait for its answer",
      security: BEARER,
      requestParams: {
        header: z.object({
          Prefer: z
            .string()
            .optional()
            .meta({ description: "`respond-async`: answer 202 as soon as the task is durable." }),
          "Idempotency-Key": z
            .string()
            .regex(/^[\x21-\x7e]{1,255}$/)
            .optional()
            .meta({ description: "The same key never runs a task twice." }),
        }),
      },
      requestBody: { required: true, content: { "application/json": { schema: ExecuteRequest } } },
      responses: {
        "200": json(ExecuteAnswer, "The run ended; `success` tells how"),
        "202": json(AcceptedAnswer, "Accepted, with `Prefer: respond-async`"),
        ...problems(
          ...AUTHENTICATED,
          "TASK_REQUIRED",
          "INVALID_REQUEST",
          "REQUEST_TIMEOUT",
          "REQUEST_IN_PROGRESS",
          "PAYLOAD_TOO_LARGE",
          "UNSUPPORTED_MEDIA_TYPE",
          "IDEMPOTENCY_KEY_REUSED",
          "TASK_EXECUTION_FAILED",
          "CAPACITY_EXHAUSTED",
          "STORAGE_UNAVAILABLE",
        ),
      },
    },
  },
  "/tasks": {
    get: {
      summary: "List your tasks, newest first",
      security: BEARER,
      requestParams: { query: ListQuery },
      responses: { "200": json(TaskList, "One page"), ...problems(...AUTHENTICATED, "INVALID_REQUEST") },
    },
  },
  "/tasks/{taskId}": {
    get: {
      summary: "How a task stands",
      security: BEARER,
      requestParams: idParameter,
      responses: { "200": json(TaskStatus, "The task"), ...problems(...AUTHENTICATED, "TASK_NOT_FOUND") },
    },
    delete: {
      summary: "Forget an ended task and its result",
      security: BEARER,
      requestParams: idParameter,
      responses: {
        "204": { description: "Forgotten, or never there" },
        ...problems(...AUTHENTICATED, "TASK_IN_PROGRESS"),
      },
    },
  },
  "/tasks/{taskId}/result": {
    get: {
      summary: "The result of an ended task",
      security: BEARER,
      requestParams: idParameter,
      responses: {
        "200": json(TaskResult, "The result"),
        ...problems(...AUTHENTICATED, "RESULT_NOT_FOUND", "STORAGE_UNAVAILABLE"),
      },
    },
  },
  "/tasks/{taskId}/cancel": {
    post: {
      summary: "End a task; one that has ended stays as it is",
      security: BEARER,
      requestParams: idParameter,
      responses: {
        "200": json(TaskStatus, "It had ended already"),
        "202": json(TaskStatus, "It is being ended"),
        ...problems(...AUTHENTICATED, "TASK_NOT_FOUND"),
      },
    },
  },
  "/problems/{name}": {
    get: {
      summary: "What an error code means, and the next step",
      requestParams: { path: z.object({ name: z.string() }) },
      responses: {
        "200": json(
          z.object({ code: z.string(), status: z.int(), title: z.string(), detail: z.string() }),
          "The error",
        ),
        ...problems("NOT_FOUND"),
      },
    },
  },
  "/openapi.json": {
    get: { summary: "This document", responses: { "200": { description: "OpenAPI 3.1" } } },
  },
};

/** The document, made once per isolate at its first request. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "autonomous-claude-sandbox",
      version: "1",
      description: "Claude Code as a service, one fresh sandbox per task.",
    },
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    paths: PATHS,
  });
}
