import { defineConfig } from "vitest/config";
import { DRIVERS, PURE_FILES, PURE_FOLDERS } from "./test/support/pure-cores.js";
import { SkipReporter } from "./test/support/skip-reporter.js";
import { SLOW } from "./test/support/slow-tests.js";

/** Grafana's components have tests of their own. */
const FOREIGN = "**/node_modules/**";
const LIVE = ["test/systems/**/*.test.ts"];
/** Tests of live systems that measure nothing: they take no harm from another file beside them. */
const UNMEASURED = [
  ...["access", "dashboards", "faults", "graph-faults", "hostile-peers"],
  ...["http-jobs", "page", "page-contents", "plug-in", "wire"],
].map((name) => `test/systems/${name}.test.ts`);

/** By default one core is left free for whoever edits. */
const ALL_CORES = "100%";

export default defineConfig({
  test: {
    // Against a test that hangs, not one that a busy machine slows down.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // `npm run coverage`: what decides is to be tested.
    coverage: {
      provider: "v8",
      include: [...PURE_FOLDERS.map((folder) => `${folder}/**/*.ts`), ...PURE_FILES],
      exclude: ["test/**", ...DRIVERS.map((place) => (place.endsWith(".ts") ? place : `${place}/**`))],
      reporter: ["text"],
      // 94.1 measured: what draws at random differs a little from run to run.
      reportOnFailure: true,
      thresholds: { branches: 93 },
    },
    reporters: ["default", new SkipReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: [...LIVE, FOREIGN],
          maxWorkers: ALL_CORES,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // A part of the pure tests: `npm test` does not run them twice.
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: [...LIVE, ...SLOW, FOREIGN],
          maxWorkers: ALL_CORES,
        },
      },
      {
        extends: true,
        // Pictures for docs, by `npm run pictures` only.
        test: { name: "pictures", include: ["test/pictures/pictures.ts"], testTimeout: 600_000 },
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
          exclude: [...UNMEASURED, FOREIGN],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
