import { defineConfig } from "vitest/config";

const double = (name: string): string => new URL(`./test/support/${name}`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: {
      "cloudflare:workers": double("cloudflare_workers.ts"),
      "@cloudflare/sandbox": double("cloudflare_sandbox.ts"),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/workerd_globals.ts", "test/support/properties.ts"],
    maxWorkers: 2,
    // For a machine that is busy with other things; no test says anything of time.
    testTimeout: 60_000,
    silent: "passed-only",
  },
});
