import { UserError } from "../../model/errors.js";
import { family, readMember } from "../../model/family.js";
import { classOptions } from "../../policies/class.js";

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

const oneClass = [family("class", classOptions, ({ number }) => number)];

/** The class, counted from 1, that a policy sends all tasks to; undefined for policies that do not. */
export function classChosenBy(policy: string): number | undefined {
  return policy.split(":", 1)[0] === "class" ? readMember("policy", oneClass, policy) : undefined;
}
