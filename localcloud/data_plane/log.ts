/** One JSON line per event, on stderr; the supervisor keeps it in a file. */

export function logEvent(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.error(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
}

export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
