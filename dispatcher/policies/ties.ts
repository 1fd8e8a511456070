import { UserError } from "../../model/errors.js";

/** Who gets the job where several servers are equally good: any of them, each as likely, or the one with the lowest number. */
export const TIES = ["uniform", "lowest-number"] as const;
export type Ties = (typeof TIES)[number];

/** Reads the rule for ties in `POLICY:RULE`. Throws UserError naming those there are. */
export function parseTies(policy: string, text: string): Ties {
  const ties = TIES.find((rule) => rule === text);
  if (ties === undefined) {
    const known = TIES.map((rule) => `${policy}:${rule}`).join(" or ");
    throw new UserError(`policy "${policy}:${text}": use ${known}`);
  }
  return ties;
}
