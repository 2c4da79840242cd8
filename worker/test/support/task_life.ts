/** A task from its acceptance to the end that its script and the deaths on the way lead to. */

import type { Phase } from "../../src/task_record.ts";
import type { SandboxScript } from "./sandbox_script.ts";
import { TaskProcess } from "./task_process.ts";
import { type Moment, TASK, TaskWorld } from "./task_world.ts";

export const PROMPT = "2 + 2?";

/** Far more than any script needs, also one that dies at every call. */
const MAX_ALARMS = 1_000;

/** Lives until the task is in this phase; normally until it has ended, with its container and its slot. */
export async function live(
  script: SandboxScript,
  deaths = new Map<number, Moment>(),
  phase: Phase = "ended",
): Promise<TaskWorld> {
  const world = new TaskWorld(script, deaths);
  let process = await accepted(world);
  for (let alarms = 0; world.rows.record?.phase !== phase; alarms += 1) {
    if (alarms > MAX_ALARMS) throw new Error(`the task is never ${phase}`);
    process = await alarm(world, process);
  }
  return world;
}

/** Lives on until nothing is due any more. */
export async function outlive(world: TaskWorld): Promise<void> {
  let process = new TaskProcess(world);
  for (let alarms = 0; world.rows.alarmMs !== null; alarms += 1) {
    if (alarms > MAX_ALARMS) throw new Error("the task is never forgotten");
    process = await alarm(world, process);
  }
}

/** A client that got no answer sends its task again. */
async function accepted(world: TaskWorld): Promise<TaskProcess> {
  let process = new TaskProcess(world);
  while (world.rows.record === null) {
    if (process.isDead) process = new TaskProcess(world);
    const { lifecycle } = process;
    await process.turn(() => void lifecycle.create(TASK, PROMPT));
  }
  return process;
}

/** The next alarm, at its time. Also a cancelling client comes to whatever process there is. */
export async function alarm(world: TaskWorld, last: TaskProcess): Promise<TaskProcess> {
  const process = last.isDead ? new TaskProcess(world) : last;
  if (world.rows.alarmMs === null) throw new Error("nothing will ever wake the task again");
  world.nowMs = Math.max(world.nowMs, world.rows.alarmMs);
  await process.turn(() => process.cancelWhereDue());
  if (process.isDead) return process;
  await process.deliverAlarm();
  return process;
}
