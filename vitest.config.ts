import { defineConfig } from "vitest/config";
import { DRIVERS, PURE_FILES, PURE_FOLDERS } from "./test/support/pure-cores.js";

const LIVE = ["test/live/**/*.test.ts"];
/** Tests of live systems that measure nothing: they take no harm from another file beside them. */
const UNMEASURED = [
  ...["access", "coordinator", "dashboards", "faults", "graph-faults", "hostile-peers"],
  ...["http-jobs", "page", "wire"],
].map((name) => `test/live/${name}.test.ts`);

export default defineConfig({
  test: {
    // Against a test that hangs, not one that a busy machine slows down.
    testTimeout: 180_000,
    // `npm run coverage`: what decides is to be tested.
    coverage: {
      provider: "v8",
      include: [...PURE_FOLDERS.map((folder) => `${folder}/**/*.ts`), ...PURE_FILES],
      exclude: DRIVERS.map((place) => (place.endsWith(".ts") ? place : `${place}/**`)),
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
        test: { name: "processes", include: UNMEASURED, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        // Two of these files at once would make each other's timing worse.
        test: {
          name: "live",
          include: LIVE,
          exclude: UNMEASURED,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
