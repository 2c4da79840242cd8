/** What happens to one task: how its run goes, which calls fail, when its client cancels. */

export interface SandboxScript {
  /** How long the run takes if nobody ends it. */
  runMs: number;
  exitCode?: number;
  events?: string;
  /** The runner is killed before it writes an exit code. */
  dies?: boolean;
  /** Whatever it is told, the run goes on, or says that it does. */
  resists?: boolean;
  /** The whole container vanishes so long after the start of the run. */
  vanishesAfterMs?: number;
  /** The client cancels so long after it sent the task. */
  cancelAfterMs?: number;
  /** No slot is free for so long. */
  busyMs?: number;
  /** How often each port call fails, without any effect. */
  failures?: Record<string, number>;
}

export function resultEvent(members: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ type: "result", subtype: "success", is_error: false, result: "4", ...members })}\n`;
}

export const SUCCESS: SandboxScript = { runMs: 25_000, exitCode: 0, events: resultEvent() };
