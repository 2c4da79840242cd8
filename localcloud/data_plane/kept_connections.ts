/**
 * How a server here treats the connections that its callers keep. They may send on one at the moment in which this end
 * closes it for being idle, or cut an upload for being slow: so it does neither.
 */
export const KEPT_CONNECTIONS = { keepAliveTimeout: 0, requestTimeout: 0 } as const;
