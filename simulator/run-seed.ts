/**
 * The seed of one of several runs with the same servers.
 *
 * @param seed of the servers
 * @param replication 1, 2, ...: the first has the seed of a single run
 */
export function runSeed(seed: string, replication: number): string {
  return replication === 1 ? seed : `${seed}/replication-${replication}`;
}
