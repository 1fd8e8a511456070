import type { Cluster, DispatcherOccupant } from "./cluster.js";

/**
 * Legitimate reasons to reject a process: it was restarted, and its predecessor is not yet known to be gone; or its hello was
 * lost. It tries again.
 */
const EXPECTED =
  /^(is dispatcher \d+, which is already connected|announces (server \d+, which is already connected|.* are already connected)|sent no hello within .*)$/;

/** Checks what must always hold. Returns a description of a violation; undefined if there is none. */
export function violation(cluster: Cluster): string | undefined {
  const offence = cluster.network.offences.splice(0).find((reason) => !EXPECTED.test(reason));
  if (offence !== undefined) return `a process was rejected: ${offence}`;
  for (const { occupant } of cluster.dispatchers) {
    const imbalance = imbalanceOf(occupant);
    if (imbalance !== undefined) return imbalance;
  }
  return generatorImbalance(cluster) ?? jobOnTwoServers(cluster) ?? wildRate(cluster);
}

function imbalanceOf({ dispatcher, run }: DispatcherOccupant): string | undefined {
  for (const [name, count] of Object.entries(dispatcher.totals))
    if (!(count >= 0) && name !== "messageDelay") return `the total ${name} is ${count}`;
  const why = run.whyVoid();
  return dispatcher.imbalance() ?? (why?.includes("job balance") ? why : undefined);
}

/** Checks that the system is at rest, as it must be long after the last fault and the last job. Returns why it is not. */
export function unrest(cluster: Cluster): string | undefined {
  for (const { occupant } of cluster.dispatchers) {
    const why = restlessness(occupant, cluster.options.experiment.system.servers);
    if (why !== undefined) return why;
  }
  const held = cluster.nodes.flatMap(({ occupant }) => occupant.heldJobs()).length;
  if (held > 0) return `servers have ${held} jobs`;
  const underWay = cluster.generators.reduce((sum, { occupant }) => sum + occupant.jobsUnderWay, 0);
  return underWay > 0 ? `generators have ${underWay} jobs in flight` : undefined;
}

function restlessness({ dispatcher, switchboard }: DispatcherOccupant, expected: number): string | undefined {
  if (switchboard.roster.connectedServers !== expected)
    return `${switchboard.roster.connectedServers} of ${expected} servers are connected`;
  if (dispatcher.inFlight > 0) return `${dispatcher.inFlight} jobs are in flight`;
  if (dispatcher.fleet.members.size !== expected) return `${dispatcher.fleet.members.size} servers accept jobs`;
  // An idle server gives its token to one of several dispatchers: the others take it to be busy.
  if (dispatcher.news === "idle-to-one") return undefined;
  for (const { servers } of switchboard.roster.nodes)
    for (const server of servers)
      if (dispatcher.queueLength(server) !== 0) return `the dispatcher sees ${dispatcher.queueLength(server)} jobs`;
  return undefined;
}

/** Checks at rest, if all faults were gentle, that no job was lost, requeued, or served twice. */
export function harm({ dispatchers, nodes, generators }: Cluster): string | undefined {
  const all = dispatchers.map(({ occupant }) => occupant.dispatcher.totals);
  const lost = all.reduce((sum, totals) => sum + totals.lost, 0);
  const retried = all.reduce((sum, totals) => sum + totals.retried, 0);
  if (lost > 0 || retried > 0) return `${lost} jobs were lost and ${retried} requeued`;
  const served = nodes.reduce((sum, { occupant }) => sum + occupant.lateness.deliveries, 0);
  const ended = generators.reduce((sum, { occupant: { totals } }) => sum + totals.completed + totals.timedOut, 0);
  return served === ended
    ? undefined
    : `servers ended ${served} jobs, but generators count ${ended} as completed or timed out`;
}

/**
 * Checks that no job is lost if buffers are infinite and jobs of lost servers are requeued, except those on which servers
 * died, one after the other.
 *
 * @param poisonous number of those
 */
export function needlessLoss({ options, generators }: Cluster, poisonous: number): string | undefined {
  if (options.onLoss === "lose" || Number.isFinite(options.experiment.system.server.buffer)) return undefined;
  const lost = generators.reduce((sum, { occupant }) => sum + occupant.totals.lost, 0);
  return lost > poisonous
    ? `${lost} jobs were lost despite infinite buffers, ${poisonous} of them poisonous`
    : undefined;
}

function generatorImbalance({ generators }: Cluster): string | undefined {
  for (const { occupant } of generators) {
    const { sent, completed, blocked, timedOut, lost } = occupant.totals;
    if (sent !== completed + blocked + timedOut + lost + occupant.jobsUnderWay)
      return (
        `of ${sent} jobs of a generator, ${completed} completed, ${timedOut} timed out, ${blocked} were blocked, ${lost} lost and ` +
        `${occupant.jobsUnderWay} are in flight`
      );
  }
  return undefined;
}

/** Skips stopped servers, which serve nothing, and drop their jobs if they continue after the end of their lease. */
function jobOnTwoServers({ nodes }: Cluster): string | undefined {
  const holders = new Map<number, number>();
  for (const [index, { process, occupant }] of nodes.entries()) {
    if (!process.alive || process.stopped) continue;
    for (const [origin, job] of occupant.heldJobs()) {
      // 20 bits suffice to distinguish a handful of origins.
      const key = (origin % 2 ** 20) * 2 ** 32 + job;
      if (holders.has(key)) return `job ${job} of origin ${origin} is at node ${holders.get(key)} and at node ${index}`;
      holders.set(key, index);
    }
  }
  return undefined;
}

/** Initial rates are at most 2, and with g = 1/mu, h = 0.1 mu^2 the rule raises none above (1 / 0.2)^(1/2) = 2.24. */
const GREATEST_RATE = 2.24;

function wildRate({ nodes }: Cluster): string | undefined {
  for (const { process, occupant } of nodes) {
    if (!process.alive || process.stopped) continue;
    const rate = occupant.rates().find((one) => !(one >= 0 && one <= GREATEST_RATE));
    if (rate !== undefined) return `a server has the rate ${rate}`;
  }
  return undefined;
}
