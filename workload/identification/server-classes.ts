import type { ServerRecord } from "./fifo-servers.js";

/** Servers that are equally fast. */
export interface ServerClass {
  /** Relative to the class that served most jobs. */
  readonly speed: number;
  /** Indexes of its servers. */
  readonly servers: readonly number[];
}

export interface ServerClasses {
  /** Fastest first. */
  readonly classes: readonly ServerClass[];
  /** What the mean job takes at speed 1, in seconds. */
  readonly meanSizeSeconds: number;
  /** Of each server; 1 for one that served nothing. */
  readonly speeds: Float64Array;
}

/** Standard errors by which means may differ by chance. */
const CHANCE = 3.5;
/** Speeds that differ by less are one speed: whoever runs the fleet would say so. */
const ALIKE = 0.04;

/** The service times of a server, without the overhead of those that found it idle. */
function serviceOf({ foundIdle, foundBusy }: ServerRecord, overheadSeconds: number) {
  const jobs = foundIdle.count + foundBusy.count;
  const mean = (foundIdle.count * (foundIdle.mean - overheadSeconds) + foundBusy.count * foundBusy.mean) / jobs;
  const squares = [foundIdle, foundBusy].reduce(
    (sum, { count, variance }) => sum + (count > 1 ? (count - 1) * variance : 0),
    0,
  );
  return { jobs, mean, error: Math.sqrt(squares / Math.max(1, jobs - 1) / jobs) };
}

/**
 * Divides servers into classes by their mean service times, on the assumption that all get jobs of the same sizes: a class ends where the next
 * faster server differs from its mean by more than chance and by more than some percent.
 */
export function classesOf(servers: readonly ServerRecord[], overheadSeconds: number): ServerClasses {
  const known = servers
    .map((server, index) => ({ index, ...serviceOf(server, overheadSeconds) }))
    .filter(({ jobs, mean }) => jobs > 0 && mean > 0)
    .toSorted((a, b) => a.mean - b.mean);
  const groups: { members: number[]; jobs: number; mean: number }[] = [];
  for (const { index, jobs, mean, error } of known) {
    const group = groups[groups.length - 1];
    const isAlike = group !== undefined && Math.abs(mean - group.mean) <= Math.max(ALIKE * group.mean, CHANCE * error);
    if (!isAlike) {
      groups.push({ members: [index], jobs, mean });
      continue;
    }
    group.members.push(index);
    group.mean = (group.mean * group.jobs + mean * jobs) / (group.jobs + jobs);
    group.jobs += jobs;
  }
  const main = groups.reduce((most, group) => (group.jobs > most.jobs ? group : most), groups[0]);
  const meanSizeSeconds = main?.mean ?? Number.NaN;
  const speeds = new Float64Array(servers.length).fill(1);
  const classes = groups.map(({ members, mean }) => {
    const speed = meanSizeSeconds / mean;
    for (const index of members) speeds[index] = speed;
    return { speed, servers: members.toSorted((a, b) => a - b) };
  });
  return { classes, meanSizeSeconds, speeds };
}
