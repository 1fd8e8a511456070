import { defineConfig } from "vitest/config";

/** The fast tests of what `npm run mutation` mutates: each mutant is run against those that reach it. */
export default defineConfig({
  test: {
    include: [
      "test/dispatcher/**/*.test.ts",
      "test/server-node/**/*.test.ts",
      "test/theory/verdict.test.ts",
      "test/scenarios/evidence.test.ts",
      "test/scenarios/run.test.ts",
      "test/statistics/intervals.test.ts",
    ],
    // They let live time pass.
    exclude: ["test/dispatcher/controls.test.ts", "test/dispatcher/places.test.ts"],
    setupFiles: ["test/mutation/repeatable.ts"],
    testTimeout: 60_000,
  },
});
