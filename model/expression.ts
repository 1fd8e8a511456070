import { useOneOf } from "./did-you-mean.js";
import { UserError } from "./errors.js";
import { namesFile } from "./named-files.js";

/** Functions of one number. */
const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  ...{ ln: Math.log, exp: Math.exp, sqrt: Math.sqrt },
  ...{ round: Math.round, floor: Math.floor, ceil: Math.ceil },
};
const TOKEN = /\s*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(.))/gy;
/** More would only be noise of floating point. */
const DIGITS = 12;

/** What is written in braces in a value of a setting: an expression of other settings. */
export const EXPRESSIONS = `{EXPRESSION} of other parameters, with + - * / ^ ( ) and ${Object.keys(FUNCTIONS).join(", ")}`;

/**
 * The settings with the value of every {EXPRESSION} in its place, such as `geometric:{ln(servers)^2}`, so that one parameter follows another.
 *
 * Values that name files are left as they are.
 *
 * @param defaults values of parameters that are not set
 * @throws UserError naming the setting and what is wrong in it
 */
export function withExpressions(
  settings: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  const all: Readonly<Record<string, string>> = { ...defaults, ...settings };
  const numbers = Object.keys(all).filter((name) => all[name].trim() !== "" && Number.isFinite(Number(all[name])));
  const numberOf = (name: string): number => {
    if (!numbers.includes(name))
      throw new UserError(`no parameter "${name}" that is a number: ${useOneOf(name, numbers)}`);
    return Number(all[name]);
  };
  const filled = (name: string, text: string): string =>
    text.replace(/\{([^}]*)\}/g, (whole, expression: string) => {
      try {
        return String(Number(evaluate(expression, numberOf).toPrecision(DIGITS)));
      } catch (error) {
        if (error instanceof UserError) throw new UserError(`${name}: in ${whole}, ${error.message}`);
        throw error;
      }
    });
  return Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [name, namesFile(text) ? text : filled(name, text)]),
  );
}

/**
 * The value of an arithmetic expression. ^ binds most and to the right, then a sign, then * and /, then + and -.
 *
 * @throws UserError where it is none, or has no finite value
 */
export function evaluate(text: string, numberOf: (name: string) => number): number {
  const value = new Parser(text, numberOf).whole();
  if (!Number.isFinite(value)) throw new UserError(`${text} has no finite value`);
  return value;
}

class Parser {
  private readonly tokens: string[];
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly numberOf: (name: string) => number,
  ) {
    this.tokens = [...text.trim().matchAll(TOKEN)].map(([token]) => token.trim());
  }

  whole(): number {
    const value = this.sum();
    if (this.position < this.tokens.length) throw this.unexpected();
    return value;
  }

  private sum(): number {
    let value = this.product();
    for (;;) {
      if (this.takes("+")) value += this.product();
      else if (this.takes("-")) value -= this.product();
      else return value;
    }
  }

  private product(): number {
    let value = this.signed();
    for (;;) {
      if (this.takes("*")) value *= this.signed();
      else if (this.takes("/")) value /= this.signed();
      else return value;
    }
  }

  private signed(): number {
    return this.takes("-") ? -this.signed() : this.power();
  }

  private power(): number {
    const base = this.atom();
    return this.takes("^") ? base ** this.signed() : base;
  }

  private atom(): number {
    const token = this.tokens[this.position] ?? "";
    if (this.takes("(")) return this.closed();
    if (/^[\d.]/.test(token)) {
      this.position++;
      return Number(token);
    }
    if (!/^[A-Za-z_]/.test(token)) throw this.unexpected();
    this.position++;
    return this.takes("(") ? this.called(token) : this.numberOf(token);
  }

  private called(name: string): number {
    if (!Object.hasOwn(FUNCTIONS, name))
      throw new UserError(`no function "${name}": ${useOneOf(name, Object.keys(FUNCTIONS))}`);
    return FUNCTIONS[name](this.closed());
  }

  private closed(): number {
    const value = this.sum();
    if (!this.takes(")")) throw this.unexpected();
    return value;
  }

  private takes(token: string): boolean {
    if (this.tokens[this.position] !== token) return false;
    this.position++;
    return true;
  }

  private unexpected(): UserError {
    const token = this.tokens[this.position];
    return new UserError(
      token === undefined ? `"${this.text}" ends too soon` : `"${token}" is not expected in "${this.text}"`,
    );
  }
}
