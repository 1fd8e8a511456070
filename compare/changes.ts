import { UserError } from "../model/errors.js";
import { initialRate } from "../model/initial-rates.js";
import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import { parseLoadProfile } from "../model/load-profile.js";
import type { MessageDelay } from "../model/message-delay.js";
import { classText, classWords } from "../scenarios/fleet/classes.js";
import { fleet } from "../scenarios/fleet/index.js";
import { formatNetworkDelay, parseNetworkDelay } from "../scenarios/fleet/network.js";
import { experimentOf, type FleetSetup } from "./replication.js";

/** What may be otherwise than was assumed. */
export interface Change {
  readonly name: string;
  /** As part of a sentence: "if ...". */
  readonly condition: string;
  /** The fleet with the change, or why it cannot be made. */
  readonly setup: FleetSetup | string;
}

/** Servers that are alike, with what else their class says of them, as `classText` takes it. */
interface Group {
  readonly count: number;
  readonly speed: number;
  readonly others: Readonly<Record<string, string>>;
}

/**
 * What advice should not depend on: the fleet with twice the delay, with a server that is half as fast or lost, and with sizes that vary
 * more. As many jobs arrive as before.
 *
 * @param setup at a constant load, with a policy that is stable
 */
export function changesOf(setup: FleetSetup): Change[] {
  return [
    { name: "delay doubled", condition: "messages take twice as long", setup: withTwiceTheDelay(setup) },
    { name: "server slow", condition: "one of the fastest servers is half as fast", setup: withServer(setup, slowed) },
    { name: "server lost", condition: "one of the fastest servers is lost", setup: withServer(setup, lost) },
    { name: "sizes vary more", condition: "the SCV of the sizes doubles", setup: withTwiceTheVariation(setup) },
  ];
}

function withTwiceTheDelay(setup: FleetSetup): FleetSetup | string {
  const { messageDelay, noticeDelay } = setup;
  if (messageDelay === undefined || noticeDelay === undefined) return withTwiceTheDelays(setup);
  if (messageDelay.law === "none" && noticeDelay.law === "none") return "no delay was given";
  return { ...setup, messageDelay: twice(messageDelay), noticeDelay: twice(noticeDelay) };
}

/** Those of the fleet itself, which depend on zones, and what was given besides. */
function withTwiceTheDelays({ settings, messageDelay, noticeDelay, ...others }: FleetSetup): FleetSetup {
  const { law, byZones } = parseNetworkDelay(settings.delay);
  const doubled = new Map([...byZones].map(([zones, between]) => [zones, twice(between)]));
  return {
    ...others,
    settings: { ...settings, delay: formatNetworkDelay({ law: twice(law), byZones: doubled }) },
    ...(messageDelay === undefined ? {} : { messageDelay: twice(messageDelay) }),
    ...(noticeDelay === undefined ? {} : { noticeDelay: twice(noticeDelay) }),
  };
}

function twice(delay: MessageDelay): MessageDelay {
  switch (delay.law) {
    case "none":
      return delay;
    case "constant":
      return { law: "constant", time: 2 * delay.time };
    case "exponential":
      return { law: "exponential", mean: 2 * delay.mean };
    case "empirical":
      return { ...delay, times: delay.times.map((time) => 2 * time), mean: 2 * delay.mean };
    case "shifted":
      return { law: "shifted", by: 2 * delay.by, of: twice(delay.of) };
  }
}

function slowed(fastest: Group): Group[] {
  return [
    { ...fastest, count: fastest.count - 1 },
    { ...fastest, count: 1, speed: fastest.speed / 2 },
  ];
}

function lost(fastest: Group): Group[] {
  return [{ ...fastest, count: fastest.count - 1 }];
}

/** @param change of the group of the fastest servers, one of which becomes another */
function withServer(setup: FleetSetup, change: (fastest: Group) => Group[]): FleetSetup | string {
  const experiment = experimentOf(setup);
  const { servers: _, initialRates: __, arrivalRate: ___, ...settings } = setup.settings;
  if (settings.load !== undefined && parseLoadProfile(settings.load).varies) return "the load varies over time";
  const groups = groupsOf(setup);
  const most = Math.max(...groups.map(({ speed }) => speed));
  const place = groups.findIndex(({ speed }) => speed === most);
  const changed = [...groups.slice(0, place), ...change(groups[place]), ...groups.slice(place + 1)].filter(
    ({ count }) => count > 0,
  );
  if (changed.length === 0) return "there is one server";
  const { workers: usual = "1" } = settings;
  const capacity = changed.reduce(
    (sum, { count, speed, others: { workers = usual } }) => sum + count * speed * Number(workers),
    0,
  );
  const load = experiment.system.totalArrivalRate / capacity;
  if (load >= 1 && experiment.system.server.buffer === Number.POSITIVE_INFINITY)
    return `the other servers would have load ${load.toFixed(3)}`;
  return possible({ ...setup, settings: { ...settings, classes: textOf(changed), load: String(load) } });
}

/** The fleet, or why there is none: its delay may depend on a zone in which there is no server any more. */
function possible(setup: FleetSetup): FleetSetup | string {
  try {
    experimentOf(setup);
    return setup;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The classes of the servers; where there are none, servers in order of their numbers, those equally fast that follow one another together. */
function groupsOf({ settings, seed, ...others }: FleetSetup): Group[] {
  if (settings.classes !== undefined && settings.classes !== fleet.parameters.classes.default)
    return classWords(settings.classes).map(({ count, speed, ...more }) => ({
      ...{ count: Number(count), speed: Number(speed), others: more },
    }));
  const { system } = experimentOf({ settings, seed, ...others });
  const groups: Group[] = [];
  for (let server = 0; server < system.servers; server++) {
    const speed = initialRate(system.server.initialRates, seed, server);
    const last = groups.at(-1);
    if (last?.speed === speed) groups[groups.length - 1] = { ...last, count: last.count + 1 };
    else groups.push({ count: 1, speed, others: {} });
  }
  return groups;
}

function textOf(groups: readonly Group[]): string {
  return groups
    .map(({ count, speed, others }) => classText({ count: String(count), speed: String(speed), ...others }))
    .join(",");
}

/** A law of the same family, where that has a variation to set; a lognormal law otherwise. */
function withTwiceTheVariation(setup: FleetSetup): FleetSetup | string {
  const law = experimentOf(setup).system.sizes ?? exponentialJobSizes;
  if (!(law.squaredVariation > 0 && Number.isFinite(law.squaredVariation))) return "the sizes do not vary";
  const [name] = law.name.split(":", 1);
  const family = ["gamma", "hyperexponential", "lognormal"].includes(name) ? name : "lognormal";
  return { ...setup, settings: { ...setup.settings, sizes: `${family}:${2 * law.squaredVariation}` } };
}
