/** Folders of pure cores: test/architecture.test.ts keeps them pure, `npm run coverage` measures how much of them tests reach. */
export const PURE_FOLDERS = [
  "model",
  "theory",
  "policies",
  "experiments",
  "scenarios",
  "simulator",
  "compare",
  "workload",
  "figures/jfsq-zero-waiting",
  "figures/jsq-heavy-traffic",
  "figures/rate-scaling",
  "figures/spatial-graphs",
  "figures/utility",
  "dispatcher/core",
  "server-node/disciplines",
  "server-node/rate-control",
];
/** Pure files in other folders. */
export const PURE_FILES = [
  ...["live/history.ts", "live/units.ts"],
  "server-node/server.ts",
  "server-node/threshold-watch.ts",
  "server-node/queue-news.ts",
  "server-node/probed-servers.ts",
  "server-node/recent-latencies.ts",
  "server-node/emulated-server.ts",
  "server-node/server-for.ts",
  ...["figure", "parameters", "replicated-points", "sampled-states", "trajectory-band"].map(
    (name) => `figures/${name}.ts`,
  ),
  ...["generator", "closed-loop", "job-sequence", "workload"].map((name) => `load-generator/${name}.ts`),
];
/** In a pure folder, but not pure: what loads modules, what spreads pure work over threads, and what drives the drivers in virtual time. */
export const DRIVERS = [
  ...["policies/plug-in-loader.ts", "simulator/parallel/pool.ts", "simulator/parallel/worker.ts"],
  ...["simulator/faults", "workload/import"],
];
