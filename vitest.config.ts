import { defineConfig } from "vitest/config";

/** Tests that start real processes: two such files at once would make each other's timing worse. */
const LIVE = ["test/live/**/*.test.ts", "test/cli/**/*.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // The pure cores: what decides. `npm run coverage`.
    coverage: {
      provider: "v8",
      include: [
        "dispatcher/policies/**",
        ...["dispatcher", "fleet", "fleet-observer", "index-set", "job-table", "queue-levels", "standings"].map(
          (name) => `dispatcher/${name}.ts`,
        ),
        "server-node/disciplines/**",
        "server-node/rate-control/**",
        "server-node/server.ts",
        "theory/**",
        "model/**",
      ],
      reporter: ["text"],
      thresholds: { branches: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: LIVE,
          // By default one core is left free for whoever edits.
          maxWorkers: "100%",
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
