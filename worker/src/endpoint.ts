/** What an endpoint gets and gives, and the authentication in front of it. */

import { authenticate, requireScope } from "./auth.ts";
import type { Bindings } from "./bindings.ts";
import { type Client, readClients, type Scope } from "./settings.ts";

export interface Call {
  request: Request;
  bindings: Bindings;
  /** The path's variable parts, by name. */
  parameters: Readonly<Record<string, string>>;
}

export type PublicEndpoint = (call: Call) => Promise<Response> | Response;
export type Endpoint = (call: Call, client: Client) => Promise<Response>;

/** An endpoint for clients with this scope; it begins where authentication has passed. */
export function authorized(scope: Scope, endpoint: Endpoint): PublicEndpoint {
  return async (call) => {
    const clients = readClients(call.bindings);
    const client = await authenticate(call.request.headers.get("authorization"), clients, Date.now());
    requireScope(client, scope);
    return endpoint(call, client);
  };
}
