import { defineConfig } from "vitest/config";

export default defineConfig({
  // For a machine that is busy with other things; no test says anything of time.
  test: { include: ["test/**/*.test.ts"], maxWorkers: 2, testTimeout: 60_000, silent: "passed-only" },
});
