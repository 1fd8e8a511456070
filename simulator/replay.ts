import { BLOCKED, Dispatcher, LONGEST_QUEUE, policyStream } from "../dispatcher/core/dispatcher.js";
import { RECORDED_METHODS, type RecordedMethod } from "../dispatcher/core/recording-dispatcher.js";
import { VIEWS, type Views } from "../experiments/scenario.js";
import { messageOf, UserError } from "../model/errors.js";
import type { EventLogHeader, LoggedEvent } from "../model/event-log.js";
import { randomStream } from "../model/random.js";
import { STANDINGS, type Standing } from "../model/standing.js";
import type { DispatcherTotals } from "../model/totals.js";
import { policyFor } from "../policies/once-per-slot.js";
import { scenarioNamed } from "../scenarios/index.js";

/** The result of a replay. */
export interface Replay {
  readonly events: number;
  /** Of these, routing decisions. */
  readonly decisions: number;
  /** The first decision that differs; undefined if all agree. */
  readonly difference: Difference | undefined;
  readonly totals: Readonly<DispatcherTotals> & { readonly inFlight: number };
}

interface Difference {
  /** Event number, from 1. */
  readonly event: number;
  readonly recorded: number;
  readonly replayed: number;
}

type Numbers = readonly number[];

/** How each event is applied to a dispatcher. */
const EFFECTS: Readonly<Record<RecordedMethod, (dispatcher: Dispatcher, numbers: Numbers) => unknown>> = {
  join: (d, [buffer, rate, serverClass, inOrder, number]) =>
    d.join({ buffer, rate, serverClass, inOrder: inOrder === 1, number }),
  leave: (d, [server]) => d.leave(server),
  enter: (d, [server]) => d.enter(server),
  release: (d, [server]) => d.release(server),
  submit: (d, [now, origin, job, taskType, work]) => d.submit(now, origin, job, taskType, work),
  // Its size was not recorded: no decision depends on it.
  block: (d) => d.block(0),
  adopt: (d, [now, server, origin, job]) => d.adopt(now, server, origin, job),
  claim: (d, [server, origin, job, taskType, work]) => d.claim(server, origin, job, taskType, work),
  countCompleted: (d) => d.countCompleted(),
  countTimedOut: (d) => d.countTimedOut(),
  complete: (d, [now, server, assignment, timeAtServer]) => d.complete(now, server, assignment, timeAtServer),
  abandoned: (d, [now, server, assignment, timeAtServer]) => d.abandoned(now, server, assignment, timeAtServer),
  turnedAway: (d, [now, server, assignment]) => d.turnedAway(now, server, assignment),
  told: (d, [server, queueLength, received, age, ageError]) => d.told(server, queueLength, received, age, ageError),
  reported: (d, [server, standing, threshold, accepted]) =>
    d.reported(server, standing as Standing, threshold, accepted),
  answered: (d, [now, server, jobs, latency]) => d.answered(now, server, jobs, latency),
  lose: (d, [now, server]) => d.lose(now, server),
  requeue: (d, [now, server]) => d.requeue(now, server),
  refuse: (d, [now, server, assignment]) => d.refuse(now, server, assignment),
};

/** What a number of an event may be. */
const isCount = (x: number): boolean => Number.isSafeInteger(x) && x >= 0;
const isAmount = (x: number): boolean => x >= 0 && x < Number.POSITIVE_INFINITY;
const isBuffer = (x: number): boolean => x === Number.POSITIVE_INFINITY || (isCount(x) && x > 0);
const isQueueLength = (x: number): boolean => isCount(x) && x <= LONGEST_QUEUE;
const isFlag = (x: number): boolean => x === 0 || x === 1;
const isStanding = (x: number): boolean => isCount(x) && x < STANDINGS.length;
/** A server, or BLOCKED. */
const isDecision = (x: number): boolean => isCount(x) || x === BLOCKED;

/** What the numbers of each event may be, in order; the decision, where there is one, is the last. */
const NUMBERS: Readonly<Record<RecordedMethod, readonly ((x: number) => boolean)[]>> = {
  join: [isBuffer, isAmount, isCount, isFlag, isCount],
  leave: [isCount],
  enter: [isCount],
  release: [isCount],
  submit: [isAmount, isCount, isCount, isCount, isAmount, isDecision],
  block: [],
  adopt: [isAmount, isCount, isCount, isCount],
  claim: [isCount, isCount, isCount, isCount, isAmount],
  countCompleted: [],
  countTimedOut: [],
  complete: [isAmount, isCount, isCount, isAmount],
  abandoned: [isAmount, isCount, isCount, isAmount],
  turnedAway: [isAmount, isCount, isCount],
  told: [isCount, isQueueLength, isCount, isAmount, isAmount],
  reported: [isCount, isStanding, isCount, isCount],
  answered: [isAmount, isCount, isQueueLength, isAmount],
  lose: [isAmount, isCount],
  requeue: [isAmount, isCount, isDecision],
  refuse: [isAmount, isCount, isCount, isDecision],
};

/** The position of the server among the arguments of events whose server must exist; and events whose server must have a job. */
const SERVER_OF: Readonly<Partial<Record<RecordedMethod, number>>> = {
  ...{ leave: 0, enter: 0, release: 0, adopt: 1, claim: 0, reported: 0 },
  ...{ complete: 1, abandoned: 1, turnedAway: 1, told: 0, answered: 1, lose: 1, requeue: 1, refuse: 1 },
};
const OF_A_HELD_JOB: ReadonlySet<RecordedMethod> = new Set([
  ...(["claim", "complete", "abandoned", "turnedAway", "lose", "requeue", "refuse"] as const),
]);

/**
 * Applies the recorded events of a live dispatcher to one in virtual time, and compares their decisions.
 *
 * @throws UserError if an event is unknown, or impossible given its predecessors
 */
export function replay(header: EventLogHeader, events: readonly LoggedEvent[]): Replay {
  const { system } = scenarioNamed(header.scenario).configure(header.parameters, header.seed);
  const random = randomStream(header.seed, policyStream(header.share?.number));
  const dispatcher = new Dispatcher(policyFor(system), random, viewsOf(header), system.timeout);
  const classes = system.classNames.length;
  const servers = new Set<number>();
  let decisions = 0;
  let difference: Difference | undefined;
  for (const [index, { name, numbers }] of events.entries()) {
    if (!Object.hasOwn(EFFECTS, name)) throw new UserError(`event ${index + 1}: unknown event ${name}`);
    const method = name as RecordedMethod;
    const isPossible = NUMBERS[method].length === numbers.length && numbers.every((x, i) => NUMBERS[method][i](x));
    if (!isPossible)
      throw new UserError(`event ${index + 1}, ${method}, cannot have the numbers ${numbers.join(", ")}`);
    // Servers are numbered in the order in which they join, and numbers are used again: memory grows with these numbers.
    if (method === "join" && (numbers[4] > servers.size || numbers[2] >= classes))
      throw new UserError(`event ${index + 1}, join: there is no server ${numbers[4]} of class ${numbers[2]} yet`);
    const result = happen(dispatcher, servers, method, numbers, index);
    if (method === "join") servers.add(numbers[4]);
    if (!RECORDED_METHODS[method]) continue;
    decisions++;
    const recorded = numbers[numbers.length - 1];
    if (result === recorded) continue;
    difference = { event: index + 1, recorded, replayed: result ?? Number.NaN };
    break;
  }
  const totals = { ...dispatcher.totals, inFlight: dispatcher.inFlight };
  return { events: events.length, decisions, difference, totals };
}

/** What a dispatcher knew of servers that it shared; undefined if it was the only one. */
function viewsOf({ share }: EventLogHeader): Views | undefined {
  const views = VIEWS.find((known) => known === share?.views);
  if (share !== undefined && views === undefined)
    throw new UserError(`the recording has views ${share.views}; there are only ${VIEWS.join(" and ")}`);
  return views;
}

function happen(
  dispatcher: Dispatcher,
  servers: ReadonlySet<number>,
  method: RecordedMethod,
  numbers: Numbers,
  index: number,
): number | undefined {
  try {
    const place = SERVER_OF[method];
    const server = place === undefined ? undefined : numbers[place];
    if (server !== undefined && !servers.has(server)) throw new UserError(`there is no server ${server}`);
    if (server !== undefined && OF_A_HELD_JOB.has(method) && dispatcher.jobsAt(server) === 0)
      throw new UserError(`server ${server} has no job`);
    const result = EFFECTS[method](dispatcher, numbers);
    return typeof result === "number" ? result : undefined;
  } catch (error) {
    throw new UserError(`event ${index + 1}, ${method}, is impossible after its predecessors: ${messageOf(error)}`);
  }
}
