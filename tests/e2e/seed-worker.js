// Stands in for the Worker of the seed's wrangler project: its class, its binding, its answers, its results in the bucket.
import { DurableObject } from "cloudflare:workers";

const AUTH_METHOD = "claude_subscription_setup_token";

/** Remembers something, so that data is there which must survive. */
export class Sandbox extends DurableObject {
  async run(task) {
    await this.ctx.storage.put("task", task);
    return `the seed ran: ${task}`;
  }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/health")
      return Response.json({ status: "healthy", platform: "cloudflare_sandboxes", auth_method: AUTH_METHOD });
    if (request.headers.get("authorization") !== `Bearer ${env.SERVER_AUTH_TOKEN}`)
      return Response.json({ error: "Unauthorized" }, { status: 401 });
    const { task } = await request.json();
    const taskId = crypto.randomUUID();
    const output = await env.Sandbox.get(env.Sandbox.idFromName(taskId)).run(task);
    const result = { taskId, success: true, stdout: output, stderr: "", output };
    await env.RESULTS.put(`${taskId}.json`, JSON.stringify(result));
    return Response.json(result);
  },
};
