/** What the operations of the OpenAPI document have in common. */

import type * as z from "zod";
import { ProblemBody } from "./contract.ts";
import { PROBLEMS, type ProblemCode } from "./errors.ts";

export const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

export function problems(...codes: ProblemCode[]): Record<`${4 | 5}${string}`, ReturnType<typeof json>> {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const meaning = (status: number): string =>
    codes
      .filter((code) => PROBLEMS[code].status === status)
      .map((code) => `${code}: ${PROBLEMS[code].error}`)
      .join("; ");
  return Object.fromEntries(statuses.map((status) => [String(status), json(ProblemBody, meaning(status))]));
}

/** What any call may be answered with. */
export const ANY: ProblemCode[] = ["NOT_CONFIGURED", "INTERNAL_ERROR"];
export const AUTHENTICATED: ProblemCode[] = [...ANY, "UNAUTHORIZED", "FORBIDDEN"];
export const BEARER = [{ bearer: [] }];
