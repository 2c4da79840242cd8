/**
 * The only way out of a sandbox to the model. The credential is put on here, outside of the container; whatever the
 * container sent in its place goes no further.
 */

import { logEvent } from "./log.ts";
import { discardBody } from "./refused_body.ts";
import { type ConfigurationBindings, readCredential, readSettings } from "./settings.ts";

/** The host that Claude Code is pointed to. It exists inside the sandbox only, by interception, over plain HTTP. */
export const MODEL_HOST = "anthropic.internal";

const ALLOWED_PATHS: ReadonlySet<string> = new Set(["/v1/messages", "/v1/messages/count_tokens"]);

/** Headers that the Messages API needs and that carry no credential; every other one stays behind. */
const PASSED_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "anthropic-version",
  "content-encoding",
  "content-type",
  "user-agent",
  "x-app",
]);
const PASSED_HEADER_PREFIXES = ["x-stainless-", "x-claude-code-"];

/** Claude Code sends it beside an OAuth token; without it the API takes such a token for an invalid key. */
const OAUTH_BETA = "oauth-2025-04-20";

/** Forwards one request of a container to the model API, body and answer as streams. */
export async function forwardToModel(request: Request, bindings: ConfigurationBindings): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (request.method !== "POST" || !ALLOWED_PATHS.has(pathname)) {
    await discardBody(request);
    logEvent("egress_refused", { method: request.method, path: pathname.slice(0, 200) });
    return Response.json(
      { error: "The sandbox may not call this", method: request.method, path: pathname },
      { status: 403 },
    );
  }
  const { claude } = readSettings(bindings);
  const headers = passedHeaders(request.headers);
  addCredential(headers, claude.credential, readCredential(bindings, claude.credential));
  const url = claude.baseUrl.replace(/\/+$/, "") + pathname + search;
  return fetch(url, { method: "POST", headers, body: request.body, redirect: "manual" });
}

function passedHeaders(sent: Headers): Headers {
  const isPassed = ([name]: [string, string]): boolean =>
    PASSED_HEADERS.has(name) || PASSED_HEADER_PREFIXES.some((prefix) => name.startsWith(prefix));
  return new Headers([...sent].filter(isPassed));
}

function addCredential(headers: Headers, kind: "apiKey" | "oauthToken", credential: string): void {
  if (kind === "apiKey") {
    headers.set("x-api-key", credential);
    return;
  }
  headers.set("authorization", `Bearer ${credential}`);
  const betas = headers.get("anthropic-beta");
  if (!betas?.includes(OAUTH_BETA))
    headers.set("anthropic-beta", betas ? `${betas},${OAUTH_BETA}` : OAUTH_BETA);
}
