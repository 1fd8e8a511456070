import { defineConfig } from "vitest/config";

/** The fast tests of what `npm run mutation` mutates: each mutant is run against those that reach it. */
export default defineConfig({
  test: {
    include: [
      "test/policies/**/*.test.ts",
      "test/dispatcher/**/*.test.ts",
      "test/server-node/**/*.test.ts",
      "test/theory/verdict.test.ts",
      "test/experiments/evidence.test.ts",
      "test/experiments/run.test.ts",
      "test/model/statistics/intervals.test.ts",
    ],
    // They let live time pass.
    exclude: ["test/dispatcher/connections/controls.test.ts", "test/dispatcher/connections/admissions.test.ts"],
    setupFiles: ["test/mutation/repeatable.ts"],
    testTimeout: 60_000,
  },
});
