/** Errors as the SDK expects them over RPC: `code` and `details` are own properties beside the message. */

export type ErrorCode =
  | "FILE_NOT_FOUND"
  | "FILESYSTEM_ERROR"
  | "PROCESS_NOT_FOUND"
  | "COMMAND_EXECUTION_ERROR";

export class SandboxServerError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A failed system call on a path, with the SDK's code for it. */
export function fileError(thrown: unknown, path: string): SandboxServerError {
  const isMissing = (thrown as NodeJS.ErrnoException).code === "ENOENT";
  const message = isMissing ? `File not found: ${path}` : `${path}: ${(thrown as Error).message}`;
  return new SandboxServerError(isMissing ? "FILE_NOT_FOUND" : "FILESYSTEM_ERROR", message, { path });
}
