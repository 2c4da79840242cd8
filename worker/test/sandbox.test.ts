import { expect, test, vi } from "vitest";
import { MODEL_HOST } from "../src/egress.ts";
import { RunnerError } from "../src/runner.ts";
import { Sandbox, SandboxRunner } from "../src/sandbox.ts";
import type { Settings } from "../src/settings.ts";
import { askedFor, Sandbox as CloudflareSandbox } from "./support/cloudflare_sandbox.ts";
import { SETTINGS } from "./support/settings.ts";
import { streamOf, utf8 } from "./support/streams.ts";

const TASK_ID = "a1b2c3d4-e5f6-4890-abcd-ef1234567890";

function sandboxWith(allowedHosts: string[]): Sandbox {
  const env = { SETTINGS: JSON.stringify({ ...SETTINGS, egress: { allowedHosts } }) };
  return new Sandbox({} as never, env as never);
}

/** The runner of a task of 60 s, on an SDK object that has these methods only. */
function runnerOn(sdk: object, changed: Partial<Settings["claude"]> = {}): SandboxRunner {
  const settings = { ...SETTINGS, claude: { ...SETTINGS.claude, ...changed } };
  return new SandboxRunner({ getByName: () => sdk } as never, TASK_ID, 60_000, settings);
}

const printing = (stdout: string, success = true) => ({
  exec: async () => ({ success, exitCode: 70, stdout }),
});

/** With what environment a run is started. */
async function environmentOf(changed: Partial<Settings["claude"]>): Promise<Record<string, string>> {
  const startRun = vi.fn(async (_environment: Record<string, string>, _timeoutMs: number) => undefined);
  await runnerOn({ startRun }, changed).start();
  return startRun.mock.lastCall?.[0] ?? {};
}

test("reaches_the_model_and_nothing_else", () => {
  const { enableInternet, allowedHosts, interceptHttps } = sandboxWith([]);
  expect({ enableInternet, allowedHosts, interceptHttps }).toEqual({
    enableInternet: false,
    allowedHosts: [MODEL_HOST],
    interceptHttps: false,
  });
});

test("reaches_the_hosts_that_the_stack_allows_over_opened_tls", () => {
  const { allowedHosts, interceptHttps } = sandboxWith(["registry.npmjs.org"]);
  expect([allowedHosts, interceptHttps]).toEqual([[MODEL_HOST, "registry.npmjs.org"], true]);
});

test("registers_the_way_to_the_model_with_the_sdk", () => {
  expect([...CloudflareSandbox.registered.keys()]).toEqual([MODEL_HOST]);
});

test("starts_a_constant_command_outside_of_any_session", async () => {
  const sandbox = sandboxWith([]);
  await sandbox.startRun({ NAME: "value" }, 5_000);
  const options = { cwd: "/workspace", env: { NAME: "value" }, timeout: 5_000 };
  const { started } = sandbox as unknown as CloudflareSandbox;
  expect(started).toEqual([["claude-task run", options, "__DISABLE_SESSION__"]]);
});

test("asks_for_the_sandbox_of_the_task_by_rpc_without_a_session", async () => {
  await runnerOn({ destroy: async () => undefined }).destroy();
  expect(askedFor.get(TASK_ID)).toEqual({ transport: "rpc", enableDefaultSession: false });
});

test("reaches_a_sandbox_whose_object_has_restarted_by_another_stub", async () => {
  const stubs = [
    { destroy: async () => Promise.reject(new Error("reset")) },
    { destroy: async () => undefined },
  ];
  const namespace = { getByName: () => stubs.shift() };
  const runner = new SandboxRunner(namespace as never, TASK_ID, 60_000, SETTINGS);
  await expect(runner.destroy()).rejects.toThrow("reset");
  await runner.destroy();
});

test("writes_the_prompt_as_it_is", async () => {
  const writeFile = vi.fn(async () => undefined);
  await runnerOn({ writeFile }).prepare("$(id)\u0000\r\n");
  expect(writeFile.mock.lastCall).toEqual(["/var/lib/claude-task/prompt.txt", "$(id)\u0000\r\n"]);
});

test.each([
  ["apiKey", "ANTHROPIC_API_KEY"],
  ["oauthToken", "CLAUDE_CODE_OAUTH_TOKEN"],
] as const)("gives_the_run_a_placeholder_for_the_%s", async (credential, name) => {
  const environment = await environmentOf({ credential });
  expect(environment[name]).toMatch(/^placeholder/);
  expect(Object.keys(environment).filter((one) => /KEY|TOKEN/.test(one))).toEqual([name]);
});

test("leaves_out_what_the_stack_does_not_set", async () => {
  expect(Object.keys(await environmentOf({})).sort()).toEqual([
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "CLAUDE_TASK_PERMISSION_MODE",
    "CLAUDE_TASK_TIMEOUT_SECONDS",
  ]);
});

test("hands_on_what_the_stack_sets", async () => {
  expect(await environmentOf({ model: "opus", maxTurns: 3, maxBudgetUsd: 0.5 })).toMatchObject({
    CLAUDE_TASK_MODEL: "opus",
    CLAUDE_TASK_MAX_TURNS: "3",
    CLAUDE_TASK_MAX_BUDGET_USD: "0.5",
  });
});

test.each([
  ['{"state":"running","exit_code":null}', { state: "running" }],
  ['{"state":"exited","exit_code":3}', { state: "exited", exitCode: 3 }],
  ['{"state":"exited","exit_code":null}', { state: "exited", exitCode: 1 }],
])("reads_the_state_%s", async (line, state) => {
  expect(await runnerOn(printing(`${line}\n`)).poll(10)).toEqual(state);
});

test.each([printing("", false), printing("not json"), printing('{"state":"bogus"}')])(
  "trusts_no_state_that_it_can_not_read",
  async (sdk) => {
    await expect(runnerOn(sdk).stop()).rejects.toThrow();
  },
);

/** The timers of a test are its own, and pass when it says so. */
async function withTimers(work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers();
  await work().finally(() => vi.useRealTimers());
}

const never = (): Promise<never> => new Promise(() => undefined);
const hung = {
  writeFile: never,
  startRun: never,
  exec: never,
  readFile: never,
  destroy: never,
};

test.each<[string, number, (runner: SandboxRunner) => Promise<unknown>]>([
  ["prepare", 120_000, (runner) => runner.prepare("prompt")],
  ["start", 20_000, (runner) => runner.start()],
  ["poll", 30_000, (runner) => runner.poll(10)],
  ["stop", 20_000, (runner) => runner.stop()],
  ["open", 60_000, (runner) => runner.open("events")],
  ["destroy", 120_000, (runner) => runner.destroy()],
])("gives_%s_up_where_it_is_not_answered_in_%i_ms", async (_call, timeoutMs, call) => {
  await withTimers(async () => {
    const failing = expect(call(runnerOn(hung))).rejects.toThrow(RunnerError);
    await vi.advanceTimersByTimeAsync(timeoutMs - 1);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await failing;
  });
});

test("leaves_no_timer_behind_a_call_that_is_answered", async () => {
  await withTimers(async () => {
    await runnerOn({ destroy: async () => undefined }).destroy();
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** The stream of a file whose bytes come from this source. */
async function opened(content: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const output = await runnerOn({ readFile: async () => ({ content, size: 4 }) }).open("events");
  return output?.body ?? streamOf();
}

test("opens_a_file_as_a_stream_of_known_length", async () => {
  const readFile = vi.fn(async (_path: string, _options: object) => ({
    content: streamOf("te", "xt"),
    size: 4,
  }));
  const output = await runnerOn({ readFile }).open("events");
  expect([output?.sizeBytes, await new Response(output?.body).text()]).toEqual([4, "text"]);
  expect(readFile.mock.lastCall).toEqual(["/var/lib/claude-task/run/events.jsonl", { encoding: "none" }]);
});

test("gives_a_file_up_that_does_not_go_on", async () => {
  await withTimers(async () => {
    const cancel = vi.fn(never);
    const start = (controller: ReadableStreamDefaultController): void => controller.enqueue(utf8("te"));
    const reader = (await opened(new ReadableStream({ start, cancel }))).getReader();
    await reader.read();
    const failing = expect(reader.read()).rejects.toThrow(RunnerError);
    await vi.advanceTimersByTimeAsync(60_000);
    await failing;
    expect([cancel.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});

test("waits_as_long_as_its_reader_does_something_else", async () => {
  await withTimers(async () => {
    const reader = (await opened(streamOf("te", "xt"))).getReader();
    await reader.read();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await reader.read()).toEqual({ done: false, value: utf8("xt") });
  });
});

test("lets_a_file_go_that_is_not_read_to_its_end", async () => {
  const cancel = vi.fn(never);
  const body = await opened(new ReadableStream({ cancel }));
  await body.cancel();
  expect(cancel).toHaveBeenCalledOnce();
});

test.each([{ code: "FILE_NOT_FOUND" }, { errorResponse: { code: "FILE_NOT_FOUND" } }])(
  "finds_no_file_where_the_sdk_says_so_by_%j",
  async (members) => {
    const readFile = async () => Promise.reject(Object.assign(new Error("gone"), members));
    expect(await runnerOn({ readFile }).open("stderr")).toBeNull();
  },
);

test("does_not_take_another_failure_for_a_missing_file", async () => {
  const readFile = async () => Promise.reject(new Error("the container is gone"));
  await expect(runnerOn({ readFile }).open("stderr")).rejects.toThrow("the container is gone");
});
