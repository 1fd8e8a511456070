/**
 * Names for jobs that tell nobody how many there are: a server that sees some of them learns nothing of the arrival rate.
 * A permutation of the 32-bit numbers, the finaliser of Appleby's MurmurHash3, after a secret has been mixed in.
 *
 * @param job its number, 0 <= job < 2^32
 * @param secret a number that only the generator knows
 */
export function nameOf(job: number, secret: number): number {
  let name = job ^ secret;
  name = Math.imul(name ^ (name >>> 16), 0x85ebca6b);
  name = Math.imul(name ^ (name >>> 13), 0xc2b2ae35);
  return (name ^ (name >>> 16)) >>> 0;
}

/** The job that has this name. The multipliers are the inverses modulo 2^32 of those above. */
export function jobNamed(name: number, secret: number): number {
  let job = Math.imul(name ^ (name >>> 16), 0x7ed1b41d);
  job = Math.imul(job ^ (job >>> 13) ^ (job >>> 26), 0xa5cb9243);
  return (job ^ (job >>> 16) ^ secret) >>> 0;
}
