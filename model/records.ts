import { UserError } from "./errors.js";
import type { Option } from "./family.js";

/** A text, line by line; undefined at its end. */
export interface Lines {
  next(): string | undefined;
}

/** What the records of a file look like. */
export interface RecordForm {
  /** Matches a header, which only the first record may be; quotes are removed before. In any case: /.../i. */
  readonly header: RegExp;
  /** The records that are valid, in words that follow "write". */
  readonly form: string;
}

const SEPARATOR = /\s*[,;]\s*|\s+/;
/** How much of a line a message shows. */
const SHOWN_CHARACTERS = 60;

/** The lines of a text in memory. */
export function linesOf(text: string): Lines {
  const lines = text.split("\n").values();
  return { next: () => lines.next().value };
}

/**
 * Reads the records of any file that users write: fields separated by commas, semicolons or white space. A byte order mark,
 * carriage returns, blank lines, comments (lines that begin with #) and a header are skipped.
 */
export class Records {
  /** Number of the line last read, from 1 on. */
  line = 0;
  private text = "";
  private isFirst = true;

  /** @param name of the file, as messages begin */
  constructor(
    readonly name: string,
    private readonly lines: Lines,
    private readonly form: RecordForm,
  ) {}

  /** The fields of the next record; undefined at the end. */
  next(): string[] | undefined {
    for (;;) {
      const line = this.lines.next();
      if (line === undefined) return undefined;
      this.line++;
      // Also removes a byte order mark, which counts as white space.
      this.text = line.trim();
      if (this.text === "" || this.text.startsWith("#")) continue;
      const isHeader = this.isFirst && this.form.header.test(this.text.replaceAll('"', ""));
      this.isFirst = false;
      if (!isHeader) return this.text.split(SEPARATOR);
    }
  }

  /** An error that names the line last read, what is wrong with it, and what may be written. */
  fault(what: string): UserError {
    const shown = this.text.length > SHOWN_CHARACTERS ? `${this.text.slice(0, SHOWN_CHARACTERS)}...` : this.text;
    return new UserError(`${this.name}, line ${this.line}: "${shown}" ${what}; write ${this.form.form}`);
  }

  /** Reads a field of the record last read. Throws `fault` if the option does not allow it. */
  read<V>(what: string, field: string, { read, range }: Option<V>): V {
    try {
      return read(field);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw this.fault(`needs a ${what} that is ${range}`);
    }
  }
}

/** The numbers of a file with one on each line. Throws UserError naming a line that is not one. */
export function readColumn(records: Records, what: string, option: Option<number>): number[] {
  const values: number[] = [];
  for (let fields = records.next(); fields !== undefined; fields = records.next()) {
    if (fields.length !== 1) throw records.fault(`has ${fields.length} fields`);
    values.push(records.read(what, fields[0], option));
  }
  if (values.length === 0) throw new UserError(`${records.name}: holds no ${what}s`);
  return values;
}
