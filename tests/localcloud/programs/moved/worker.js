export default { fetch: () => new Response("moved") };
