/** Folders of pure cores: test/architecture.test.ts keeps them pure, `npm run coverage` measures how much of them tests reach. */
export const PURE_FOLDERS = [
  "model",
  "theory",
  "scenarios",
  "simulator",
  "figures/rate-scaling",
  "dispatcher/policies",
  "server-node/disciplines",
  "server-node/rate-control",
  "load-generator/arrivals",
];
/** Pure files in other folders. */
export const PURE_FILES = [
  ...[
    "dispatcher",
    "fleet",
    "fleet-observer",
    "index-set",
    "job-table",
    "recording-dispatcher",
    "observed-fleet",
    "shared-view",
    "queue-levels",
    "shortest-by-rate",
    "queues-by-rate",
    "standings",
  ].map((name) => `dispatcher/${name}.ts`),
  "live/history.ts",
  "server-node/server.ts",
  "server-node/shared-server.ts",
  "server-node/threshold-watch.ts",
  "server-node/emulated-server.ts",
  "server-node/server-for.ts",
  "figures/figure.ts",
  ...["generator", "closed-loop", "job-sequence", "workload"].map((name) => `load-generator/${name}.ts`),
];
/** In a pure folder, but not pure: what spreads pure work over threads, and what drives the drivers in virtual time. */
export const DRIVERS = ["simulator/parallel/pool.ts", "simulator/parallel/worker.ts", "simulator/faults"];
