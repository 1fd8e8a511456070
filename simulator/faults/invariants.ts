import type { Cluster } from "./cluster.js";

/**
 * Why a process may be shut out: it was started anew, and its predecessor is not yet known to be gone; or its hello was
 * lost. It tries again.
 */
const EXPECTED = /^(announces (server \d+, which is here already|.* are here)|sent no hello within .*)$/;

/** What must hold at every moment. Returns what does not; undefined if all does. */
export function violation(cluster: Cluster): string | undefined {
  const { dispatcher, run } = cluster.dispatcher.occupant;
  const offence = cluster.network.offences.splice(0).find((reason) => !EXPECTED.test(reason));
  if (offence !== undefined) return `a process was shut out: ${offence}`;
  for (const [name, count] of Object.entries(dispatcher.totals))
    if (!(count >= 0) && name !== "messageDelay") return `the total ${name} is ${count}`;
  const why = run.whyVoid();
  return (
    dispatcher.imbalance() ??
    (why?.includes("books") ? why : undefined) ??
    generatorBooks(cluster) ??
    jobOnTwoServers(cluster) ??
    wildRate(cluster)
  );
}

/** What must hold when nothing has gone wrong for long and all jobs were sent. */
export function unrest(cluster: Cluster): string | undefined {
  const { dispatcher, switchboard } = cluster.dispatcher.occupant;
  const expected = cluster.options.experiment.system.servers;
  if (switchboard.roster.connectedServers !== expected)
    return `${switchboard.roster.connectedServers} of ${expected} servers are here`;
  if (dispatcher.inFlight > 0) return `${dispatcher.inFlight} jobs are in flight`;
  if (dispatcher.fleet.members.size !== expected) return `${dispatcher.fleet.members.size} servers take jobs`;
  for (const { servers } of switchboard.roster.nodes)
    for (const server of servers)
      if (dispatcher.queueLength(server) !== 0) return `the dispatcher sees ${dispatcher.queueLength(server)} jobs`;
  const held = cluster.nodes.flatMap(({ occupant }) => occupant.heldJobs()).length;
  if (held > 0) return `servers hold ${held} jobs`;
  const underWay = cluster.generators.reduce((sum, { occupant }) => sum + occupant.jobsUnderWay, 0);
  return underWay > 0 ? `generators have ${underWay} jobs under way` : undefined;
}

/** What must hold at rest where all faults were gentle: no job was lost, sent to another server, or served twice. */
export function harm({ dispatcher, nodes, generators }: Cluster): string | undefined {
  const { lost, retried } = dispatcher.occupant.dispatcher.totals;
  if (lost > 0 || retried > 0) return `${lost} jobs were lost and ${retried} sent to another server`;
  const served = nodes.reduce((sum, { occupant }) => sum + occupant.lateness.deliveries, 0);
  const completed = generators.reduce((sum, { occupant }) => sum + occupant.totals.completed, 0);
  return served === completed
    ? undefined
    : `servers served ${served} jobs, of which ${completed} are known to be completed`;
}

/** Where every server has room for any number of jobs and those of lost servers go to others, none is lost: it waits. */
export function needlessLoss({ options, generators }: Cluster): string | undefined {
  if (options.onLoss === "lose" || Number.isFinite(options.experiment.system.server.buffer)) return undefined;
  const lost = generators.reduce((sum, { occupant }) => sum + occupant.totals.lost, 0);
  return lost > 0 ? `${lost} jobs were lost although every server had room` : undefined;
}

function generatorBooks({ generators }: Cluster): string | undefined {
  for (const { occupant } of generators) {
    const { sent, completed, blocked, lost } = occupant.totals;
    if (sent !== completed + blocked + lost + occupant.jobsUnderWay)
      return `a generator sent ${sent} jobs, of which ${completed} completed, ${blocked} blocked, ${lost} lost, ${occupant.jobsUnderWay} under way`;
  }
  return undefined;
}

/** A server that is stopped serves nobody, and drops what it holds when it goes on after the end of its lease. */
function jobOnTwoServers({ nodes }: Cluster): string | undefined {
  const holders = new Map<number, number>();
  for (const [index, { process, occupant }] of nodes.entries()) {
    if (!process.alive || process.stopped || occupant.leaseIsOver) continue;
    for (const [origin, job] of occupant.heldJobs()) {
      // Of an origin 20 bits are enough, where there are a handful.
      const key = (origin % 2 ** 20) * 2 ** 32 + job;
      if (holders.has(key)) return `job ${job} of ${origin} is with node ${holders.get(key)} and with node ${index}`;
      holders.set(key, index);
    }
  }
  return undefined;
}

/** Rates start at 2 at most. At g = 1/mu, h = 0.1 mu^2 the rule only raises one of at most (1 / 0.2)^(1/2) = 2.24. */
const GREATEST_RATE = 2.24;

function wildRate({ nodes }: Cluster): string | undefined {
  for (const { process, occupant } of nodes) {
    if (!process.alive || process.stopped) continue;
    const rate = occupant.rates().find((one) => !(one >= 0 && one <= GREATEST_RATE));
    if (rate !== undefined) return `a server has the rate ${rate}`;
  }
  return undefined;
}
