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
    setupFiles: "test/support/workerd_globals.ts",
    maxWorkers: 2,
    silent: "passed-only",
  },
});
