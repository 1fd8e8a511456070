import { fixedClass, jlmu, type PolicyFactory, policyNamed, slta } from "../dispatcher/policies/index.js";
import { UserError } from "../model/errors.js";
import type { Utility } from "../model/utility-functions.js";

/** beta_n of the learning scheme of SLTA, as a function of the number of pools. */
export interface Beta {
  /** What `parseBeta` reads. */
  readonly name: string;
  at(pools: number): number;
  /** Why condition (12) of Goldsztajn, Borst and van Leeuwaarden (2023) fails; undefined if it holds. */
  readonly outside: string | undefined;
}

/** Reads `n^-EXPONENT` or a constant. Throws UserError for anything that is not a number > 0. */
export function parseBeta(text: string): Beta {
  const power = /^n\^-(.+)$/.exec(text);
  const value = Number(power === null ? text : power[1]);
  if (!(value > 0 && Number.isFinite(value)))
    throw new UserError("must be n^-EXPONENT or a number, either of them > 0");
  if (power === null) return { name: text, at: () => value, outside: `beta = ${text} does not tend to 0 with n` };
  const outside =
    value < 0.5 ? undefined : `beta = ${text} falls as fast as n^(-1/2) or faster, and the exponent must be below 1/2`;
  return { name: text, at: (pools) => pools ** -value, outside };
}

/** How the policies of the utility scenario are written. */
export const UTILITY_POLICIES = "jlmu | slta | class:NUMBER | jsq | jsq-d:CHOICES | random | round-robin";

/**
 * Reads a policy for pools of several classes: `class:NUMBER` sends everything to one class, counted from 1.
 *
 * @throws UserError for an unknown policy or class
 */
export function utilityPolicy(name: string, utilities: readonly Utility[], beta: Beta): PolicyFactory {
  if (name === "jlmu") return jlmu(utilities);
  if (name === "slta") return slta({ utilities, beta: beta.at });
  if (!name.startsWith("class:")) return policyNamed(name);
  const number = Number(name.slice("class:".length));
  if (!Number.isInteger(number) || number < 1 || number > utilities.length) {
    throw new UserError(`policy ${name}: the classes are numbered 1 to ${utilities.length}`);
  }
  return fixedClass(number - 1);
}
