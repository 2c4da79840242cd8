/** An error as an answer: the seed's `error` and the members of RFC 9457 in one object. */

import { PROBLEMS, type ProblemError, problemName } from "./errors.ts";

/** `application/problem+json` only where the caller asks for it; the seed's clients expect `application/json`. */
export function problemAnswer(problem: ProblemError, request: Request, requestId: string): Response {
  const { status, error, nextStep } = PROBLEMS[problem.code];
  const url = new URL(request.url);
  const standard = {
    error,
    type: new URL(`/problems/${problemName(problem.code)}`, url).href,
    title: error,
    status,
    code: problem.code,
    requestId,
    detail: nextStep,
    instance: url.pathname,
  };
  const isAskedFor = request.headers.get("accept")?.includes("application/problem+json") ?? false;
  // In a problem document `status` is the HTTP status; the seed's clients read the task's there.
  const body = { ...standard, ...problem.members, ...(isAskedFor && { status }) };
  const contentType = isAskedFor ? "application/problem+json" : "application/json";
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": contentType, ...problem.headers },
  });
}
