import type { MetricName } from "../live/http/metric-definitions.js";
import { FleetTimes, type JobGroups, jobsTimed } from "../model/statistics/job-times.js";
import { bucketCounts } from "../model/statistics/time-buckets.js";
import type { TimeCounts } from "../model/statistics/time-counts.js";

const KINDS = {
  equipoise_time_at_server_seconds_bucket: "sojourn",
  equipoise_waiting_time_seconds_bucket: "waiting",
} as const satisfies Partial<Record<MetricName, "sojourn" | "waiting">>;

/**
 * The times of jobs from the buckets of a scrape.
 *
 * @param values of the scrape: those of buckets by METRIC/JOBS/LE
 * @param groups whose times are told; undefined if no times are measured
 */
export function timesIn(
  values: ReadonlyMap<string, number>,
  groups: JobGroups | undefined,
  timeUnitSeconds: number,
): FleetTimes | undefined {
  if (groups === undefined) return undefined;
  const times = new FleetTimes(groups);
  const byName = new Map(
    jobsTimed(groups).map((name, index) => [name, index === 0 ? times.all : times.groups[index - 1]]),
  );
  const buckets = new Map<TimeCounts, [limit: number, count: number][]>();
  for (const [key, value] of values) {
    const [metric, jobs, le] = key.split("/");
    const kind = Object.hasOwn(KINDS, metric) ? KINDS[metric as keyof typeof KINDS] : undefined;
    const counts = kind === undefined ? undefined : byName.get(jobs)?.[kind];
    if (counts === undefined) continue;
    const limit = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le) / timeUnitSeconds;
    const told = buckets.get(counts);
    if (told === undefined) buckets.set(counts, [[limit, value]]);
    else told.push([limit, value]);
  }
  for (const [counts, cumulative] of buckets) {
    counts.isCoarse = true;
    counts.addBins(bucketCounts(cumulative));
  }
  return times;
}
