/** What a run came to, read from its stream-json events. Neither exit code nor end of stream is proof of success. */

import type { FailureCode } from "./errors.ts";
import { asciiBytes, lines } from "./lines.ts";

/** The public end states of a task. */
export type EndStatus = "succeeded" | "failed" | "timed_out" | "cancelled" | "interrupted";

export interface Outcome {
  status: EndStatus;
  code: FailureCode | null;
  /** The answer's text: what `claude -p` prints. */
  stdout: string;
  stderr: string;
  isTruncated: boolean;
  costUsd: number | null;
  turns: number | null;
  /** Names of the tools that a permission rule refused, in order. */
  permissionDenials: string[];
  sessionId: string | null;
}

/** The outcome of a task that left no output. */
export function noOutput(status: Outcome["status"], code: Outcome["code"]): Outcome {
  return {
    status,
    code,
    stdout: "",
    stderr: "",
    isTruncated: false,
    costUsd: null,
    turns: null,
    permissionDenials: [],
    sessionId: null,
  };
}

/** The fields of Claude Code's `result` event that are read; all else in it is stored with the events. */
export interface ResultEvent {
  is_error: boolean;
  subtype: string;
  result: string;
  errors: string[];
  api_error_status: number | null;
  total_cost_usd: number | null;
  num_turns: number | null;
  session_id: string | null;
  permission_denials: string[];
}

/** Longer lines are no result event of a CLI that is sane; they are skipped, not held. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const RESULT_MARK = asciiBytes('"result"');

/** The last result event of a stream of JSON lines, or null. Garbage between the lines is passed over. */
export async function readResultEvent(events: ReadableStream<Uint8Array>): Promise<ResultEvent | null> {
  let last: ResultEvent | null = null;
  for await (const line of lines(events, MAX_LINE_BYTES, RESULT_MARK)) last = resultEvent(line) ?? last;
  return last;
}

function resultEvent(line: string): ResultEvent | null {
  const event = jsonObject(line);
  if (event?.["type"] !== "result" || typeof event["is_error"] !== "boolean") return null;
  return {
    is_error: event["is_error"],
    subtype: text(event["subtype"]) ?? "",
    result: text(event["result"]) ?? "",
    errors: array(event["errors"]).filter((error) => typeof error === "string"),
    api_error_status: number(event["api_error_status"]),
    total_cost_usd: number(event["total_cost_usd"]),
    num_turns: number(event["num_turns"]),
    session_id: text(event["session_id"]),
    permission_denials: array(event["permission_denials"]).map(toolName),
  };
}

function jsonObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const toolName = (denial: unknown): string =>
  text((denial as { tool_name?: unknown } | null)?.tool_name) ?? "unknown";

/** Success is an exit code of 0 and a result event without error, together. */
export function verdict(exitCode: number, event: ResultEvent | null): Pick<Outcome, "status" | "code"> {
  if (event === null) return { status: "failed", code: "NO_RESULT" };
  if (exitCode === 0 && !event.is_error) return { status: "succeeded", code: null };
  return { status: "failed", code: failureCode(event) };
}

function failureCode(event: ResultEvent): FailureCode {
  if (event.subtype === "error_max_turns") return "MAX_TURNS_REACHED";
  if (event.subtype === "error_max_budget_usd") return "BUDGET_EXCEEDED";
  const status = event.api_error_status;
  if (status === null) return "AGENT_ERROR";
  if (status === 401 || status === 403) return "MODEL_UNAUTHORIZED";
  return status === 429 || status === 529 ? "MODEL_OVERLOADED" : "MODEL_ERROR";
}

/** The text that stands for the answer: the result, or the errors of a run that hit a limit. */
export function answerText(event: ResultEvent | null): string {
  if (event === null) return "";
  return event.result || event.errors.join("\n");
}
