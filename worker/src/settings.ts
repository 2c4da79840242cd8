/** What the stack tells the Worker: the plain binding `SETTINGS`, the secret `CLIENTS`, the model's credential. */

import * as z from "zod";
import { ProblemError } from "./errors.ts";
import { logEvent } from "./log.ts";

const Settings = z.strictObject({
  service: z.string().min(1),
  team: z.string().min(1),
  environment: z.string().min(1),
  claude: z.strictObject({
    credential: z.enum(["apiKey", "oauthToken"]),
    baseUrl: z.url({ protocol: /^https?$/ }),
    model: z.string().min(1).nullable(),
    permissionMode: z.string().min(1),
    maxTurns: z.int().positive().nullable(),
    maxBudgetUsd: z.number().positive().nullable(),
  }),
  limits: z.strictObject({
    defaultTimeoutMs: z.int().positive(),
    maxTimeoutMs: z.int().positive(),
    maxBodyBytes: z.int().positive(),
    maxTaskBytes: z.int().positive(),
    maxInlineOutputBytes: z.int().positive(),
    maxQueuedTasks: z.int().nonnegative(),
    maxRequestsPerMinute: z.int().positive(),
  }),
  container: z.strictObject({ maxInstances: z.int().positive() }),
  results: z.strictObject({ retentionDays: z.int().positive() }),
  egress: z.strictObject({ allowedHosts: z.array(z.string().min(1)) }),
});
export type Settings = z.infer<typeof Settings>;

export const SCOPES = ["tasks:read", "tasks:write"] as const;
export type Scope = (typeof SCOPES)[number];

const Client = z.strictObject({
  name: z.string().min(1),
  scopes: z.array(z.enum(SCOPES)),
  tokens: z.array(
    z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      notAfter: z.iso.datetime({ offset: true }).nullable(),
    }),
  ),
});
export type Client = z.infer<typeof Client>;

/** The bindings that this file reads; `worker_bindings` of infra/service_inputs.py declares them. */
export interface ConfigurationBindings {
  readonly SETTINGS: string;
  readonly CLIENTS: string;
  readonly ANTHROPIC_API_KEY?: string;
  readonly CLAUDE_CODE_OAUTH_TOKEN?: string;
}

/** @throws ProblemError NOT_CONFIGURED, with the reason in the log and not in the answer. */
export function readSettings(bindings: ConfigurationBindings): Settings {
  return parsed("SETTINGS", Settings, bindings.SETTINGS);
}

/** The clients that may call; none, or a list that can't be read, lets nobody in. */
export function readClients(bindings: ConfigurationBindings): readonly Client[] {
  return parsed("CLIENTS", z.array(Client).min(1), bindings.CLIENTS);
}

/** The model's credential, of the kind that the settings name. @throws ProblemError NOT_CONFIGURED */
export function readCredential(
  bindings: ConfigurationBindings,
  kind: Settings["claude"]["credential"],
): string {
  const binding = kind === "apiKey" ? "ANTHROPIC_API_KEY" : "CLAUDE_CODE_OAUTH_TOKEN";
  return bindings[binding] || refuse(binding, "the secret is empty or missing");
}

const cache = new Map<string, unknown>();

/** Bindings never change within an isolate, so each text is parsed once. */
function parsed<T>(binding: string, schema: z.ZodType<T>, text: string | undefined): T {
  if (text === undefined) return refuse(binding, "the binding is missing");
  const known = cache.get(text);
  if (known !== undefined) return known as T;
  const result = schema.safeParse(jsonOrUndefined(text));
  if (!result.success) return refuse(binding, result.error.issues.map(issueText).join("; "));
  cache.set(text, result.data);
  return result.data;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Path and rule only: the value may be a digest or a secret. */
function issueText(issue: z.core.$ZodIssue): string {
  return `${issue.path.join(".")}: ${issue.code}`;
}

function refuse(binding: string, reason: string): never {
  logEvent("configuration_refused", { binding, reason });
  throw new ProblemError("NOT_CONFIGURED");
}
