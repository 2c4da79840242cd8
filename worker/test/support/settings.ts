/** Settings and clients as a stack writes them. */

import { createHash } from "node:crypto";
import type { Client, Scope, Settings } from "../../src/settings.ts";

export const SETTINGS: Settings = {
  service: "claude-sandbox-test",
  team: "test",
  environment: "test",
  claude: {
    credential: "apiKey",
    baseUrl: "https://api.anthropic.com",
    model: null,
    permissionMode: "acceptEdits",
    maxTurns: null,
    maxBudgetUsd: null,
  },
  limits: {
    defaultTimeoutMs: 300_000,
    maxTimeoutMs: 600_000,
    maxBodyBytes: 1_048_576,
    maxTaskBytes: 262_144,
    maxInlineOutputBytes: 4_194_304,
    maxQueuedTasks: 100,
    maxRequestsPerMinute: 600,
  },
  container: { maxInstances: 5 },
  results: { retentionDays: 30 },
  egress: { allowedHosts: [] },
};

export const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");

export const BOTH_SCOPES: Scope[] = ["tasks:read", "tasks:write"];

export function clientWith(token: string, scopes = BOTH_SCOPES, notAfter: string | null = null): Client {
  return { name: `client-of-${token.slice(0, 8)}`, scopes, tokens: [{ sha256: sha256Hex(token), notAfter }] };
}
