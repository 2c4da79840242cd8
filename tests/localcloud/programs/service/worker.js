import { DurableObject } from "cloudflare:workers";
export class Sandbox extends DurableObject {}
export default { fetch: () => new Response("hello") };
