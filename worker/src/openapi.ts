/** The OpenAPI document, made of the schemas that the Worker itself checks and answers by. */

import * as z from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import {
  AcceptedAnswer,
  ExecuteAnswer,
  ExecuteRequest,
  Health,
  ListQuery,
  ProblemBody,
  Readiness,
  TaskId,
  TaskList,
  TaskResult,
  TaskStatus,
} from "./contract.ts";
import { PROBLEMS, type ProblemCode } from "./errors.ts";

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
