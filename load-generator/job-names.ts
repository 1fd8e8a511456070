/**
 * A name for a job that does not reveal its number: a server that sees some jobs learns nothing of the arrival rate.
 * A permutation of the 32-bit integers, the finaliser of Appleby's MurmurHash3, after mixing in a secret.
 *
 * @param job number of the job, 0 <= job < 2^32
 * @param secret a number that only the generator knows
 */
export function nameOf(job: number, secret: number): number {
  let name = job ^ secret;
  name = Math.imul(name ^ (name >>> 16), 0x85ebca6b);
  name = Math.imul(name ^ (name >>> 13), 0xc2b2ae35);
  return (name ^ (name >>> 16)) >>> 0;
}

/** The inverse of `nameOf`. The multipliers are the inverses modulo 2^32 of those above. */
export function jobNamed(name: number, secret: number): number {
  let job = Math.imul(name ^ (name >>> 16), 0x7ed1b41d);
  job = Math.imul(job ^ (job >>> 13) ^ (job >>> 26), 0xa5cb9243);
  return (job ^ (job >>> 16) ^ secret) >>> 0;
}
