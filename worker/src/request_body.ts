/** From the bytes of `POST /execute` to a task that may be accepted: size, type, text, JSON, fields, in that order. */

import { type ExecuteInput, ExecuteRequest } from "./contract.ts";
import { ProblemError } from "./errors.ts";
import { joined } from "./lines.ts";
import { MAX_DISCARDED_BYTES } from "./refused_body.ts";
import type { Settings } from "./settings.ts";

type Limits = Settings["limits"];

/** @throws ProblemError PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, TASK_REQUIRED or INVALID_REQUEST */
export async function readExecuteInput(request: Request, limits: Limits): Promise<ExecuteInput> {
  if (Number(request.headers.get("content-length")) > limits.maxBodyBytes)
    throw new ProblemError("PAYLOAD_TOO_LARGE");
  requireJsonType(request.headers);
  const bytes = await readAtMost(request.body, limits.maxBodyBytes);
  return validated(parsed(bytes), limits);
}

/** The header may be missing, for the seed's clients did not always send it. */
function requireJsonType(headers: Headers): void {
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const isJson =
    type === undefined || type === "application/json" || /^application\/[\w.-]+\+json$/.test(type);
  if (!isJson || headers.has("content-encoding")) throw new ProblemError("UNSUPPORTED_MEDIA_TYPE");
}

/** Counts what arrives, for Content-Length may be missing or a lie. What is too much is read on and dropped. */
async function readAtMost(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    if (bytes > maxBytes + MAX_DISCARDED_BYTES) break;
  }
  if (bytes > maxBytes) throw new ProblemError("PAYLOAD_TOO_LARGE");
  return joined(chunks, bytes);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return JSON.parse(text);
  } catch {
    throw invalid("", "The body is not JSON in UTF-8");
  }
}

function validated(document: unknown, limits: Limits): ExecuteInput {
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw invalid("", "The body must be a JSON object");
  }
  const { task } = document as { task?: unknown };
  if (typeof task !== "string" || task.trim() === "") throw new ProblemError("TASK_REQUIRED");
  const result = ExecuteRequest.safeParse(document);
  if (!result.success)
    throw new ProblemError("INVALID_REQUEST", { errors: result.error.issues.map(pointedIssue) });
  const timeoutMs = result.data.timeout ?? limits.defaultTimeoutMs;
  if (timeoutMs > limits.maxTimeoutMs) throw invalid("/timeout", `must be at most ${limits.maxTimeoutMs} ms`);
  return { prompt: checkedPrompt(task, limits), timeoutMs };
}

/** A lone surrogate has no UTF-8 form, so it could not reach the agent as it was sent. */
function checkedPrompt(task: string, limits: Limits): string {
  if (!task.isWellFormed())
    throw invalid("/task", "contains a surrogate without its pair, which no UTF-8 text can");
  const bytes = new TextEncoder().encode(task).length;
  if (bytes > limits.maxTaskBytes)
    throw invalid("/task", `is ${bytes} bytes of UTF-8, of at most ${limits.maxTaskBytes}`);
  return task;
}

function invalid(pointer: string, detail: string): ProblemError {
  return new ProblemError("INVALID_REQUEST", { errors: [{ pointer, detail }] });
}

function pointedIssue(issue: { path: PropertyKey[]; message: string; keys?: string[] }): {
  pointer: string;
  detail: string;
} {
  const path = issue.keys === undefined ? issue.path : [...issue.path, issue.keys[0] ?? ""];
  const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return { pointer: pointer.slice(0, 200), detail: issue.message.slice(0, 200) };
}
