import { PeerError } from "../errors.js";
import { typeOf } from "../job-label.js";
import { type FilledBins, TimeCounts } from "./time-counts.js";

/** The times of jobs at their servers. */
export class JobTimes {
  readonly sojourn = new TimeCounts();
  /** Where jobs are served one by one at a fixed rate: without the time of service. */
  readonly waiting = new TimeCounts();

  add(timeAtServer: number, serviceTime: number): void {
    this.sojourn.add(timeAtServer);
    // Rounding errors of the difference are no waiting.
    const waited = timeAtServer - serviceTime;
    this.waiting.add(waited > 1e-9 * timeAtServer ? waited : 0);
  }

  addBins({ sojourn, waiting }: TimesInBins): void {
    this.sojourn.addBins(sojourn);
    this.waiting.addBins(waiting);
  }

  bins(): TimesInBins {
    return { sojourn: this.sojourn.bins(), waiting: this.waiting.bins() };
  }

  /** What was counted since the last call. */
  news(): TimesInBins {
    return { sojourn: this.sojourn.news(), waiting: this.waiting.news() };
  }
}

/** Both kinds of times, in bins. */
export interface TimesInBins {
  readonly sojourn: FilledBins;
  readonly waiting: FilledBins;
}

/** Whose times are told apart: how many there are of each kind, 0 where they are not. */
export interface JobGroups {
  /** Of servers. */
  readonly classes: number;
  /** Of jobs. */
  readonly types: number;
  readonly dispatchers: number;
}

export const NO_GROUPS: JobGroups = { classes: 0, types: 0, dispatchers: 0 };

/** A group of jobs: those at servers of a class, of a type, or of a dispatcher. Classes and types are numbered from 1, dispatchers from 0. */
export type GroupName = `class_${number}` | `type_${number}` | `dispatcher_${number}`;

/** The groups, in the order in which `FleetTimes` has them. */
export function groupNames({ classes, types, dispatchers }: JobGroups): GroupName[] {
  const numbered = <Name>(count: number, name: (index: number) => Name): Name[] =>
    Array.from({ length: count }, (_, index) => name(index));
  return [
    ...numbered(classes, (index) => `class_${index + 1}` as const),
    ...numbered(types, (index) => `type_${index + 1}` as const),
    ...numbered(dispatchers, (index) => `dispatcher_${index}` as const),
  ];
}

/** The names of all whose times are told, in the order in which `FleetTimes` has them: all jobs, then the groups; nobody's if no times are measured. */
export function jobsTimed(groups: JobGroups | undefined): string[] {
  return groups === undefined ? [] : ["all", ...groupNames(groups)];
}

/** Whose job it was, from 0 on: the class of its server, its label (model/job-label.ts), and its dispatcher. */
export interface JobOwners {
  readonly serverClass: number;
  readonly label: number;
  readonly dispatcher: number;
}

/** The times of the jobs of a fleet: of all together, and of each group that is told apart. */
export class FleetTimes {
  readonly all = new JobTimes();
  /** Those of each class, of each type, and of each dispatcher, one after the other. */
  readonly groups: readonly JobTimes[];
  /** Whether there are groups: whoever counts jobs then says of each whose it was, by `addToGroups`. */
  readonly isGrouped: boolean;

  constructor(private readonly kinds: JobGroups = NO_GROUPS) {
    const { classes, types, dispatchers } = kinds;
    this.groups = Array.from({ length: classes + types + dispatchers }, () => new JobTimes());
    this.isGrouped = this.groups.length > 0;
  }

  /** Adds the times of a job to its groups. What is of no group, such as a server that was added by hand, is in none. */
  addToGroups({ serverClass, label, dispatcher }: JobOwners, timeAtServer: number, serviceTime: number): void {
    const { classes, types, dispatchers } = this.kinds;
    const type = typeOf(label);
    if (serverClass < classes) this.groups[serverClass].add(timeAtServer, serviceTime);
    if (type < types) this.groups[classes + type].add(timeAtServer, serviceTime);
    if (dispatcher < dispatchers) this.groups[classes + types + dispatcher].add(timeAtServer, serviceTime);
  }

  /** Throws PeerError if they are of other groups. */
  addBins({ all, groups }: FleetTimesInBins): void {
    if (groups.length !== this.groups.length)
      throw new PeerError(`counts the times of ${groups.length} groups of jobs, not of ${this.groups.length}`);
    this.all.addBins(all);
    for (const [i, times] of groups.entries()) this.groups[i].addBins(times);
  }

  bins(): FleetTimesInBins {
    return { all: this.all.bins(), groups: this.groups.map((times) => times.bins()) };
  }

  /** What was counted since the last call, for another process to add. */
  news(): FleetTimesInBins {
    return { all: this.all.news(), groups: this.groups.map((times) => times.news()) };
  }
}

export interface FleetTimesInBins {
  readonly all: TimesInBins;
  readonly groups: TimesInBins[];
}
