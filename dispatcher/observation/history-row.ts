import type { Row } from "../../live/history.js";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import type { FleetSample } from "../../live/http/page-feed.js";
import type { Rate } from "../../model/units.js";

/** Most servers whose rates are kept over time: a chart with more lines is illegible. */
const MOST_RATE_LINES = 50;

/** The row of the history for this state. Rates are averages since the previous state. */
export function historyRow(state: DispatcherState, before: DispatcherState | undefined, fleet: FleetSample): Row {
  const { totals, schedule, lateness, timeUnitSeconds, rates, quantities, views } = state;
  const per = (gained: number, events: number, factor: number): number | null =>
    events > 0 ? (factor * gained) / events : null;
  const seconds = (state.elapsedTime - (before?.elapsedTime ?? 0)) * timeUnitSeconds;
  const row: Record<string, number | null> = {
    load: loadOf(state, per(totals.offered - (before?.totals.offered ?? 0), seconds / timeUnitSeconds, 1)),
    throughput: per(totals.completed - (before?.totals.completed ?? 0), seconds, 1),
    blocked: per(totals.blocked - (before?.totals.blocked ?? 0), totals.offered - (before?.totals.offered ?? 0), 1),
    lateness: per(
      lateness.totalSeconds - (before?.lateness.totalSeconds ?? 0),
      lateness.deliveries - (before?.lateness.deliveries ?? 0),
      1000,
    ),
    scheduleLag: per(
      schedule.lag - (before?.schedule.lag ?? 0),
      schedule.sent - (before?.schedule.sent ?? 0),
      1000 * timeUnitSeconds,
    ),
    learned: state.information.learned,
    ...thresholdsOf(state),
    ...queuesOf(fleet),
    ...(views === undefined ? {} : { "view age": views.meanAge, "view error": views.meanAbsoluteError }),
    "rate mean": rates?.mean ?? null,
    "rate p05": rates?.p05 ?? null,
    "rate p95": rates?.p95 ?? null,
  };
  const every = Math.ceil(fleet.numbers.length / MOST_RATE_LINES) || 1;
  for (let i = 0; i < fleet.numbers.length; i += every) row[`rate of server ${fleet.numbers[i]}`] = fleet.rates[i];
  if (state.phase === "warming up") return rounded(row);
  for (const { name, measured, ciLow, ciHigh } of quantities) {
    Object.assign(row, { [name]: measured, [`${name} low`]: ciLow, [`${name} high`]: ciHigh });
  }
  return rounded(row);
}

/** Rounds to six digits: more than a chart shows, at half the size. */
function rounded(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? null : Number(value.toPrecision(6))]),
  );
}

/** Of a policy that sends jobs by thresholds: those of each class, and the servers below them. */
function thresholdsOf({ thresholds }: DispatcherState): Row {
  if (thresholds === undefined) return {};
  const { byClass, green, yellow } = thresholds;
  return {
    ...Object.fromEntries(byClass.map((threshold, i) => [`threshold of class ${i}`, threshold])),
    ...{ "green tokens": green, "yellow tokens": yellow },
  };
}

/** Work that comes over what the servers can do, at their present rates; null while nothing is known of either. */
function loadOf({ rates, servers }: DispatcherState, arrivalRate: Rate | null): number | null {
  const capacity = (rates?.mean ?? 0) * servers.connected;
  return arrivalRate === null || capacity === 0 ? null : arrivalRate / capacity;
}

/** The shortest, the mean and the longest queue at this moment. */
function queuesOf({ queueLengths, statuses }: FleetSample): Row {
  const here = queueLengths.filter((_, i) => statuses[i] !== "gone");
  if (here.length === 0) return {};
  return {
    "queue least": Math.min(...here),
    "queue mean": here.reduce((sum, jobs) => sum + jobs, 0) / here.length,
    "queue most": Math.max(...here),
  };
}
