/** What the deployment says of itself: whether it lives, whether it is ready, its contract, its errors. */

import type { Call } from "../endpoint.ts";
import { PROBLEMS, type ProblemCode, ProblemError, problemName } from "../errors.ts";
import { openApiDocument } from "../openapi.ts";
import { checkReadiness } from "../readiness.ts";
import { readSettings } from "../settings.ts";

/** The seed's body, byte for byte. */
export function health({ bindings }: Call): Response {
  const isOAuth = readSettings(bindings).claude.credential === "oauthToken";
  const authMethod = isOAuth ? "claude_subscription_setup_token" : "anthropic_api_key";
  return Response.json({ status: "healthy", platform: "cloudflare_sandboxes", auth_method: authMethod });
}

export async function readiness({ bindings }: Call): Promise<Response> {
  const checks = await checkReadiness(bindings);
  const isReady = Object.values(checks).every(Boolean);
  const headers: HeadersInit = isReady ? {} : { "Retry-After": "10" };
  return Response.json({ ready: isReady, checks }, { status: isReady ? 200 : 503, headers });
}

export function contract(): Response {
  return Response.json(openApiDocument());
}

export function showProblem({ parameters }: Call): Response {
  const codes = Object.keys(PROBLEMS) as ProblemCode[];
  const code = codes.find((known) => problemName(known) === parameters["name"]);
  if (code === undefined) throw new ProblemError("NOT_FOUND");
  const { status, error, nextStep } = PROBLEMS[code];
  return Response.json({ code, status, title: error, detail: nextStep });
}
