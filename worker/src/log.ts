/** Structured logs: one JSON line per event. A prompt, a token or a credential is never a field. */

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line; the runtime adds time and version. `event` is a noun and a participle: `task_accepted`. */
export function logEvent(event: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ event, ...fields }));
}

/** The text of anything that was thrown, cut to a length that a log line bears. */
export function errorText(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return text.slice(0, 500);
}
