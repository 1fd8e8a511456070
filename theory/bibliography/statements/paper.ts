import type { Reference } from "../index.js";

/** A numbered statement, table or figure of a paper. */
interface Statement {
  /** What it says, in a few words of ours. */
  readonly says: string;
  /** Why nothing here cites it, or what of it is not done. */
  readonly without?: string;
}

/** A paper whose statements are all accounted for. */
export interface Paper {
  readonly reference: Reference;
  /** Files about this paper: a number without authors in them is one of its numbers. */
  readonly files: RegExp;
  /** By kind and number, in the order of the paper. */
  readonly statements: Readonly<Record<string, Statement>>;
}

/** Why nothing runs or predicts a step of a proof. */
export const STEP = "a step of a proof, that claims nothing which a run could measure";
export const DRAWING = "a drawing that explains, without data";
