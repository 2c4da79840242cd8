/** The OpenAPI document, made of the schemas that the Worker itself checks and answers by. */

import * as z from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { AcceptedAnswer, ExecuteAnswer, ExecuteRequest, Health, Readiness } from "./contract.ts";
import { ANY, AUTHENTICATED, BEARER, json, problems } from "./operations.ts";
import { TASK_PATHS } from "./task_paths.ts";

const PATHS: ZodOpenApiPathsObject = {
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
            .meta({ description: "The same key never runs a task twice, unless its task was deleted." }),
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
          "RESULT_NOT_FOUND",
          "REQUEST_TIMEOUT",
          "REQUEST_IN_PROGRESS",
          "PAYLOAD_TOO_LARGE",
          "UNSUPPORTED_MEDIA_TYPE",
          "IDEMPOTENCY_KEY_REUSED",
          "RATE_LIMITED",
          "TASK_EXECUTION_FAILED",
          "CAPACITY_EXHAUSTED",
          "STORAGE_UNAVAILABLE",
        ),
      },
    },
  },
  ...TASK_PATHS,
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
