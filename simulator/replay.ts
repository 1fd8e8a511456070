import { Dispatcher } from "../dispatcher/dispatcher.js";
import { policyFor } from "../dispatcher/policies/once-per-slot.js";
import { RECORDED_METHODS, type RecordedMethod } from "../dispatcher/recording-dispatcher.js";
import { messageOf, UserError } from "../model/errors.js";
import { randomStream } from "../model/random.js";
import type { Standing } from "../model/standing.js";
import type { DispatcherTotals } from "../model/totals.js";
import type { EventLogHeader, LoggedEvent } from "../scenarios/event-log.js";
import { scenarioNamed } from "../scenarios/index.js";

/** What came of a replay. */
export interface Replay {
  readonly events: number;
  /** Of these, choices of a server. */
  readonly decisions: number;
  /** The first choice that was another one; undefined if all were the same. */
  readonly difference: Difference | undefined;
  readonly totals: Readonly<DispatcherTotals> & { readonly inFlight: number };
}

export interface Difference {
  /** The number of the event, from 1. */
  readonly event: number;
  readonly recorded: number;
  readonly replayed: number;
}

type Numbers = readonly number[];

/** How each event happens to a dispatcher. */
const EFFECTS: Readonly<Record<RecordedMethod, (dispatcher: Dispatcher, numbers: Numbers) => unknown>> = {
  join: (d, [buffer, rate, serverClass, inOrder, number]) => d.join(buffer, rate, serverClass, inOrder === 1, number),
  leave: (d, [server]) => d.leave(server),
  enter: (d, [server]) => d.enter(server),
  release: (d, [server]) => d.release(server),
  submit: (d, [now, origin, job, taskType, work]) => d.submit(now, origin, job, taskType, work),
  block: (d) => d.block(),
  adopt: (d, [now, server, origin, job]) => d.adopt(now, server, origin, job),
  claim: (d, [server, origin, job, taskType, work]) => d.claim(server, origin, job, taskType, work),
  countCompleted: (d) => d.countCompleted(),
  dispatched: (d) => d.dispatched(),
  complete: (d, [now, server, assignment, timeAtServer]) => d.complete(now, server, assignment, timeAtServer),
  reported: (d, [server, standing, threshold, accepted]) =>
    d.reported(server, standing as Standing, threshold, accepted),
  lose: (d, [now, server]) => d.lose(now, server),
  requeue: (d, [now, server]) => d.requeue(now, server),
  refuse: (d, [now, server, assignment]) => d.refuse(now, server, assignment),
};

/** Where among its numbers an event names a server that must be there; of these, one that must hold a job. */
const SERVER_OF: Readonly<Partial<Record<RecordedMethod, number>>> = {
  ...{ leave: 0, enter: 0, release: 0, adopt: 1, claim: 0, reported: 0 },
  ...{ complete: 1, lose: 1, requeue: 1, refuse: 1 },
};
const OF_A_HELD_JOB: ReadonlySet<RecordedMethod> = new Set(["claim", "complete", "lose", "requeue", "refuse"]);

/**
 * Lets everything that happened to a live dispatcher happen to one in virtual time, and compares what the two decided.
 *
 * @throws UserError if an event is unknown, or impossible after those before it
 */
export function replay(header: EventLogHeader, events: readonly LoggedEvent[]): Replay {
  const { system } = scenarioNamed(header.scenario).configure(header.parameters, header.seed);
  const dispatcher = new Dispatcher(policyFor(system), randomStream(header.seed, "policy"));
  const servers = new Set<number>();
  let decisions = 0;
  let difference: Difference | undefined;
  for (const [index, { name, numbers }] of events.entries()) {
    if (!Object.hasOwn(EFFECTS, name)) throw new UserError(`event ${index + 1} is unknown: ${name}`);
    const method = name as RecordedMethod;
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
    if (server !== undefined && OF_A_HELD_JOB.has(method) && dispatcher.held(server) === 0)
      throw new UserError(`server ${server} holds no job`);
    const result = EFFECTS[method](dispatcher, numbers);
    return typeof result === "number" ? result : undefined;
  } catch (error) {
    throw new UserError(
      `event ${index + 1}, ${method}, cannot have happened after those before it: ${messageOf(error)}`,
    );
  }
}
