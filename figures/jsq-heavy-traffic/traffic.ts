/**
 * The slotted systems of the figures: arrivals Binomial(2n, (1 - n^-alpha)/2), services 0 or 2 with equal chances.
 *
 * @returns what theory/heavy-traffic/jsq-heavy-traffic.ts takes
 */
export function trafficOf(alpha: number, servers: number) {
  return { servers, alpha, arrivalVariance: (1 - servers ** (-2 * alpha)) / 2, serviceVariance: 1 };
}
