import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // Live tests start dozens of processes; two files at once would make each other's timing worse.
    fileParallelism: false,
  },
});
