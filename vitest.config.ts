import { defineConfig } from "vitest/config";

/** Tests that start real processes: two such files at once would make each other's timing worse. */
const LIVE = ["test/live/**/*.test.ts", "test/cli/**/*.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: LIVE,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "live", include: LIVE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
