import { UserError } from "../../model/errors.js";
import type { GroupName, JobGroups } from "../../model/statistics/job-times.js";

/** By what the times of jobs can be told apart. */
const KINDS = ["class", "type", "dispatcher"] as const;
type Kind = (typeof KINDS)[number];

/** Of each kind: what parameters are to be set for there to be several of them. */
const NEEDS: Readonly<Record<Kind, string>> = {
  class: "classes",
  type: "sizes=types:...",
  dispatcher: "--dispatchers",
};

/** Most of each kind: more are no table that anybody reads. */
const MOST = 20;

/** The syntax of what times are told apart by. */
export const PERCENTILES_BY = `${KINDS.join(" | ")}, or several of them as in class+type; or none`;

/** Parses what times are told apart by. Throws UserError naming the word that is wrong. */
export function parsePercentilesBy(text: string): readonly Kind[] {
  if (text === "none") return [];
  const words = text.split("+");
  if (new Set(words).size < words.length) throw new UserError("names the same twice");
  return words.map((word) => {
    const kind = KINDS.find((one) => one === word);
    if (kind === undefined) throw new UserError(`"${word}" is none of ${KINDS.join(", ")}`);
    return kind;
  });
}

/**
 * The groups of jobs whose times are told apart.
 *
 * @param kinds by what
 * @param counts how many there are of each; no dispatchers where their number is not known yet
 * @throws UserError if there is only one of what they are to be told apart by, or too many
 */
export function jobGroups(kinds: readonly Kind[], counts: Readonly<Record<Kind, number>>): JobGroups {
  const told = (kind: Kind): number => {
    const count = counts[kind];
    if (!kinds.includes(kind) || count === 0) return 0;
    const refuse = (why: string): never => {
      throw new UserError(`percentilesBy: by ${kind} ${why}`);
    };
    if (count === 1) refuse(`needs several of them; set ${NEEDS[kind]}`);
    if (count > MOST) refuse(`tells at most ${MOST} apart, not ${count}`);
    return count;
  };
  return { classes: told("class"), types: told("type"), dispatchers: told("dispatcher") };
}

/** Whose jobs those of a group are, in words that follow "of jobs". */
export function groupInWords(group: GroupName): string {
  const [kind, number] = group.split("_");
  return kind === "class" ? `at servers of class ${number}` : `of ${kind} ${number}`;
}
