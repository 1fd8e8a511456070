/**
 * Left out by `npm run test:fast`: these files take nine tenths of the time of all pure tests, because they build a copy
 * (additions), start the command again and again (cli), or simulate until a closed form can be told from what is nearly it. What is left has every room in it.
 */
export const SLOW: readonly string[] = [
  ...["additions", "bench/calibrate"],
  ...["check-policy", "compare", "fleet-file", "report", "simulate", "sweep", "theory-commands", "trace", "usage"].map(
    (name) => `cli/${name}`,
  ),
  ...[
    "compare/comparison",
    "compare/ranking",
    "compare/selection",
    "dispatcher/connections/controls",
    "experiments/growth",
    "experiments/infinite-buffers",
    "experiments/inputs",
    "experiments/job-laws",
    "experiments/run-length",
    "figures/previews",
    "figures/sources",
    "figures/spatial-graphs",
    "hostile/decoders",
    "load-generator/arrivals",
  ],
  ...[
    "model/graphs/graphs",
    "model/statistics/law-series",
    "model/statistics/quantile-series",
    "model/statistics/sequential",
    "policies/ll-d",
    "policies/tails",
    "policies/utility-policies",
    "server-node/idle-time-rule",
  ],
  ...[
    "fleet",
    "fleet-delay",
    "hangs",
    "rate-scaling",
    "jfsq-zero-waiting",
    "jsq-heavy-traffic",
    "predictions",
    "spatial-graphs",
    "utility",
  ].map((name) => `scenarios/${name}`),
  ...["chain", "faults", "pool-chain", "queueing-system", "rate-scaling-chain", "replications", "servers-die"].map(
    (name) => `simulator/${name}`,
  ),
  ...[
    "redundant-fleet",
    "simulated-predictions",
    "several-dispatchers",
    "spatial-chain",
    "sweep",
    "trace-hashes",
    "twin",
  ].map((name) => `simulator/${name}`),
  ...["components", "exact-jsq-d", "heterogeneous-mean-field", "jsq-d", "refined-late-binding"].map(
    (name) => `theory/power-of-d/${name}`,
  ),
  ...[
    "rate-scaling/class-chain",
    "rate-scaling/idle-period",
    "rate-scaling/server-balances",
    "utility/jlmu-fluid",
    "utility/slta-equilibrium",
  ].map((name) => `theory/${name}`),
  ...["identification/identification", "import/import-log"].map((name) => `workload/${name}`),
].map((name) => `test/${name}.test.ts`);
