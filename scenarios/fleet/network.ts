import { UserError } from "../../model/errors.js";
import {
  type AskedDelays,
  formatMessageDelay,
  MESSAGE_DELAYS,
  type MessageDelay,
  messageDelaySetting,
  parseMessageDelay,
} from "../../model/message-delay.js";

/** The delay of messages between dispatchers and servers: one law, and others between some zones. */
export interface NetworkDelay {
  readonly law: MessageDelay;
  /** By two zones in alphabetical order, joined by a hyphen. */
  readonly byZones: ReadonlyMap<string, MessageDelay>;
}

/** The syntax of delays, of all messages or with exceptions by pairs of zones. */
export const NETWORK_DELAYS = `${MESSAGE_DELAYS}; and after it, for messages between two zones or within one, ;ZONE-ZONE=LAW`;

/** Parses a zone. Throws UserError. */
export function zoneName(text: string): string {
  if (!/^\w+$/.test(text)) throw new UserError("must be a name of letters, digits and underscores");
  return text;
}

/** Parses the zones of dispatchers, by their numbers; undefined for `none`. Throws UserError. */
export function zoneNames(text: string): readonly string[] | undefined {
  return text === "none" ? undefined : text.split(",").map(zoneName);
}

/** Parses a delay as in NETWORK_DELAYS. Throws UserError naming what is wrong. */
export function parseNetworkDelay(text: string): NetworkDelay {
  const [law, ...pairs] = text.split("\n", 1)[0].split(";");
  if (pairs.length === 0) return { law: messageDelaySetting(text), byZones: new Map() };
  const noFiles = (): never => {
    throw new UserError("delays of a file are for all messages: write them without zones");
  };
  const byZones = new Map<string, MessageDelay>();
  for (const pair of pairs) {
    const [, one, other, between] = /^(\w+)-(\w+)=(.*)$/.exec(pair) ?? [];
    if (between === undefined) throw new UserError(`"${pair}" is no pair of zones with its delay: write ZONE-ZONE=LAW`);
    const key = keyOf(one, other);
    if (byZones.has(key)) throw new UserError(`the delay between ${one} and ${other} is given twice`);
    byZones.set(key, parseMessageDelay(between, noFiles));
  }
  return { law: parseMessageDelay(law, noFiles), byZones };
}

/** The text of a delay as users write it, which `parseNetworkDelay` reads. */
export function formatNetworkDelay({ law, byZones }: NetworkDelay): string {
  const pairs = [...byZones].map(([zones, between]) => `${zones}=${formatMessageDelay(between)}`);
  return [formatMessageDelay(law), ...pairs].join(";");
}

interface Zones {
  /** Of each server; undefined for none. */
  readonly ofServers: readonly (string | undefined)[];
  /** Of the dispatchers, by their numbers; of more dispatchers the list begins again. */
  readonly ofDispatchers: readonly string[] | undefined;
}

/**
 * The delays of a fleet.
 *
 * @throws UserError if a pair names a zone that no server or dispatcher has, or dispatchers have zones that no delay depends on
 */
export function delaysOf({ law, byZones }: NetworkDelay, zones: Zones): AskedDelays {
  const { ofServers, ofDispatchers } = zones;
  if (byZones.size === 0) return { delay: law };
  if (ofDispatchers === undefined)
    throw new UserError("delay: it depends on zones, but dispatchers have none: set dispatcherZones");
  const known = new Set([...ofServers, ...ofDispatchers]);
  for (const key of byZones.keys())
    for (const zone of key.split("-"))
      if (!known.has(zone)) throw new UserError(`delay: no server and no dispatcher is in zone ${zone}`);
  const delayBetween = (dispatcher: number, server: number): MessageDelay => {
    const zone = ofServers[server];
    const other = ofDispatchers[dispatcher % ofDispatchers.length];
    return (zone === undefined ? undefined : byZones.get(keyOf(zone, other))) ?? law;
  };
  return { delay: law, delayBetween };
}

function keyOf(one: string, other: string): string {
  return [one, other].sort().join("-");
}
