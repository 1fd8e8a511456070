import { UserError } from "../model/errors.js";
import { randomStream } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { newsFor, type Policy, toOneServer } from "../policies/policy.js";
import { allOutside, type Predictions } from "../theory/prediction.js";
import type { Division, Experiment } from "./scenario.js";

/**
 * The experiment with its jobs divided among several dispatchers: by their task types on a graph, else at random. Predictions that are about
 * a single dispatcher are then outside their assumptions.
 *
 * @throws UserError if its jobs cannot be divided like that
 */
export function divided(undivided: Experiment, division: Division): Experiment {
  const { dispatchers, views } = division;
  const experiment = undivided.withDispatchers?.(dispatchers) ?? undivided;
  if (dispatchers === 1) return experiment;
  const { scenario, system } = experiment;
  const refuse = (why: string): never => {
    throw new UserError(`--dispatchers ${dispatchers}: ${why}`);
  };
  if (system.slots !== undefined)
    refuse("in slotted time a slot ends when the one dispatcher has heard from all servers; use time=continuous");
  if (system.isPlaced)
    refuse("the jobs of the start are given to servers by the one dispatcher; use start=empty or backlog:JOBS");
  const policy = toOneServer(system.policy(new Fleet(), randomStream("", "policy")));
  if (policy.reported !== undefined)
    refuse(
      `${policy.name} is defined for one dispatcher, which moves the thresholds of all servers; use another policy`,
    );
  if (system.graph !== undefined && dispatchers > system.graph.taskTypes)
    refuse(`${scenario.name} has only ${system.graph.taskTypes} task types to divide among them`);
  const why = whyDifferent(policy, division);
  const whyLate = experiment.isPredictedBySimulation ? whyLateDifferent(policy, division) : undefined;
  return {
    ...experiment,
    // No more than this: flags are divisions too, and what is shown of a run comes from here.
    system: { ...system, division: { dispatchers, views } },
    predict: (conditions) => {
      const whyNot = why ?? (conditions.messageDelay > NO_TIME ? whyLate : undefined);
      const asOne = experiment.predict(conditions);
      if (whyNot === undefined) return asOne;
      return before(experiment.predictDivided?.(division, conditions), allOutside(asOne, whyNot));
    },
  };
}

/** Message delays that are rounding errors. */
const NO_TIME: ModelTime = 1e-9;

/**
 * Why several dispatchers that servers tell of their queues are not like one where messages take time; undefined if they are. Of twelve servers
 * at load 0.8 under jsq, a delay adds 0.4 of itself to the waiting time with one dispatcher, with two 1.1, and with ten more than three times
 * itself of a hundred servers: errors that allow for the delay of one are too small.
 */
function whyLateDifferent(policy: Policy, { dispatchers, views }: Division): string | undefined {
  if (views === "local" || newsFor(policy) === "none") return undefined;
  return `${dispatchers} dispatchers hear late of one another's jobs, which does more than a delay does to a single one`;
}

/** Why several dispatchers are not like one, even if no message is delayed; undefined if they are. */
function whyDifferent({ name, news }: Policy, { dispatchers, views }: Division): string | undefined {
  const they = `${dispatchers} dispatchers`;
  if (name === "random" || name === "class") return undefined;
  if (news === "none") return `${they} each run ${name} for themselves; the result is for a single one`;
  if (views === "local") return `${they} each know of their own jobs only; the result is for one that knows of all`;
  if (news === "idle-to-one")
    return `an idle server tells one of ${they} so; the result is for dispatchers that know all idle servers`;
  return undefined;
}

/** The predictions of both, the first ones first. */
function before(first: Predictions = new Map(), others: Predictions): Predictions {
  return new Map(
    [...new Set([...first.keys(), ...others.keys()])].map((name) => [
      name,
      [...(first.get(name) ?? []), ...(others.get(name) ?? [])],
    ]),
  );
}
