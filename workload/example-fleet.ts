import { writeFleetFile } from "./fleet-text.js";

/** Twelve servers of two generations, jobs of varied sizes that arrive in bursts, and a limit to what they should take. */
const EXAMPLE = {
  timeUnit: "25ms",
  classes: "4x1.6,8x0.7",
  load: "0.7",
  arrivals: "markov-modulated:4,0.2,100",
  sizes: "lognormal:4",
  delay: "constant:0.5ms",
  slo: "250ms",
  policy: "jsq",
};

const TITLE = [
  "A fleet for equipoise: servers, jobs and policy, the same for every command.",
  "  equipoise predict --fleet FILE         what theory says",
  "  equipoise simulate --fleet FILE        a table of what is measured, in virtual time",
  "  equipoise verify --live --fleet FILE   the same of real processes",
  "--set and the flags of a command come before what is said here. Rates are per server and time unit.",
  "Times are in time units, or in wall-clock time: 250ms.",
];

/** The fleet file that a user begins with. */
export function exampleFleetFile(): string {
  return writeFleetFile(EXAMPLE, TITLE);
}
