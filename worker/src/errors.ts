/** The catalogue of errors: one code, and all that is said of it to a caller. */

interface Problem {
  /** HTTP status that carries the error. */
  status: number;
  /** The `error` text: the seed's, byte for byte, where the seed has one. */
  error: string;
  /** What the caller can do now. */
  nextStep: string;
}

export const PROBLEMS = {
  TASK_REQUIRED: {
    status: 400,
    error: "Task is required",
    nextStep: "Send a JSON body whose `task` is a text that is not blank.",
  },
  INVALID_REQUEST: {
    status: 400,
    error: "Invalid request",
    nextStep: "Mend the fields that `errors` points to; /openapi.json describes the body.",
  },
  UNAUTHORIZED: {
    status: 401,
    error: "Unauthorized",
    nextStep: "Send `Authorization: Bearer <token>` with a token of this deployment that has not expired.",
  },
  FORBIDDEN: {
    status: 403,
    error: "Forbidden",
    nextStep: "Use a client whose scopes in the stack's settings allow this call.",
  },
  NOT_FOUND: {
    status: 404,
    error: "Not found",
    nextStep: "See /openapi.json for the paths of this service.",
  },
  TASK_NOT_FOUND: {
    status: 404,
    error: "Task not found",
    nextStep: "Check the id; a task is forgotten when its retention time has passed.",
  },
  RESULT_NOT_FOUND: {
    status: 404,
    error: "Task result not found",
    nextStep:
      "Check the id. If `status` is given the task has not ended: ask again after Retry-After seconds.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    error: "Method not allowed",
    nextStep: "Use one of the methods in the Allow header.",
  },
  REQUEST_TIMEOUT: {
    status: 408,
    error: "Request timeout",
    nextStep: "The task is not lost: ask GET /tasks/{taskId}, or send a longer `timeout`.",
  },
  REQUEST_IN_PROGRESS: {
    status: 409,
    error: "Request in progress",
    nextStep: "A task with this Idempotency-Key has not ended: follow Location.",
  },
  TASK_IN_PROGRESS: {
    status: 409,
    error: "Task in progress",
    nextStep: "Cancel the task first, then delete it.",
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    error: "Payload too large",
    nextStep: "Send a shorter task; limits.maxBodyBytes of the stack sets the size.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    error: "Unsupported media type",
    nextStep: "Send `Content-Type: application/json` and no Content-Encoding.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    error: "Idempotency key reused",
    nextStep: "This key belongs to a request with another body; make a new key for a new task.",
  },
  RATE_LIMITED: {
    status: 429,
    error: "Too many requests",
    nextStep:
      "Nothing was started: try again after Retry-After seconds, or raise limits.maxRequestsPerMinute.",
  },
  TASK_EXECUTION_FAILED: {
    status: 500,
    error: "Task execution failed",
    nextStep: "`code` names the cause; `retryable` tells whether the task provably never started.",
  },
  INTERNAL_ERROR: {
    status: 500,
    error: "Internal error",
    nextStep:
      "Try again; where `taskId` is given, ask GET /tasks/{taskId} first. The Worker's logs have the cause by requestId.",
  },
  CAPACITY_EXHAUSTED: {
    status: 503,
    error: "Capacity exhausted",
    nextStep: "Nothing was started: try again after Retry-After seconds, or raise limits.maxQueuedTasks.",
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    error: "Storage unavailable",
    nextStep: "The result is stored but can't be read now: try again after Retry-After seconds.",
  },
  NOT_CONFIGURED: {
    status: 503,
    error: "Service not configured",
    nextStep:
      "The deployment lacks a setting or a secret; the Worker's log names it. Deploy the stack again.",
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Why a run ended without success. The same words stand in results, logs and docs. */
export const FAILURES = {
  AGENT_ERROR: "Claude Code ended with an error of its own; its text is in `stdout`.",
  MAX_TURNS_REACHED: "The run used up claude.maxTurns.",
  BUDGET_EXCEEDED: "The run used up claude.maxBudgetUsd.",
  MODEL_UNAUTHORIZED: "The model API refused the deployment's credential (401 or 403).",
  MODEL_OVERLOADED: "The model API was overloaded or limited the rate (429, 529) until Claude Code gave up.",
  MODEL_ERROR: "The model API answered with an error.",
  NO_RESULT: "Claude Code ended without a result event, so its exit code proves nothing.",
  RUN_TIMED_OUT: "The run did not end within `timeout` and was stopped.",
  CANCELLED: "The task was cancelled.",
  SANDBOX_UNAVAILABLE: "No sandbox could be started; the task never ran.",
  SANDBOX_LOST: "The sandbox vanished while the task ran; it is not run again, for a run has side effects.",
  RUNNER_DIED: "The task's runner was killed inside its sandbox before it wrote an exit code.",
  INTERNAL_ERROR: "The service could not see the run to its end.",
} as const;

export type FailureCode = keyof typeof FAILURES;

/** Failures of the service, not of the agent: `POST /execute` answers them with 500. */
export const INFRASTRUCTURE_FAILURES: ReadonlySet<FailureCode> = new Set([
  "SANDBOX_UNAVAILABLE",
  "SANDBOX_LOST",
  "RUNNER_DIED",
  "INTERNAL_ERROR",
]);

/** Thrown where a request can't be served; the router turns it into the answer. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    members: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
    /** What nobody expected, for the log only. */
    cause?: unknown,
  ) {
    super(PROBLEMS[code].error, { cause });
    this.code = code;
    this.members = members;
    this.headers = headers;
  }
}

/** The problem that was thrown; what is none is an INTERNAL_ERROR, with it as the cause. */
export function asProblem(thrown: unknown): ProblemError {
  return thrown instanceof ProblemError ? thrown : new ProblemError("INTERNAL_ERROR", {}, {}, thrown);
}

/** `TASK_REQUIRED` -> `task-required`, the last part of a problem's `type`. */
export function problemName(code: ProblemCode): string {
  return code.toLowerCase().replaceAll("_", "-");
}
