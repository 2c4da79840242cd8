/** The OpenAPI document's paths below `/tasks`. */

import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { ListQuery, TaskId, TaskList, TaskResult, TaskStatus } from "./contract.ts";
import { AUTHENTICATED, BEARER, json, problems } from "./operations.ts";

const idParameter = { path: z.object({ taskId: TaskId }) };

export const TASK_PATHS: ZodOpenApiPathsObject = {
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
  "/tasks/{taskId}/events": {
    get: {
      summary: "A task's states as they come, as Server-Sent Events",
      description:
        "Each event is named `status`; its data is a TaskStatus, its id the number of the state: 1 queued, 2 running, " +
        "3 ended. The present state comes first, a comment keeps a quiet connection open, and the stream ends with the task.",
      security: BEARER,
      requestParams: {
        ...idParameter,
        header: z.object({
          "Last-Event-ID": z
            .enum(["1", "2", "3"])
            .optional()
            .meta({ description: "The last event seen; only later ones are sent." }),
        }),
      },
      responses: {
        "200": {
          description: "The events",
          content: { "text/event-stream": { schema: z.string() } },
        },
        "204": { description: "The last event was seen already: nothing more will come" },
        ...problems(...AUTHENTICATED, "TASK_NOT_FOUND"),
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
};
