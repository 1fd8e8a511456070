import { assert } from "../model/errors.js";

/** A piece of typeset text: words, or an element of MathML. */
export type Typeset = string | MathNode;

export interface MathNode {
  readonly tag: "math" | "mrow" | "mi" | "mn" | "mo" | "msup" | "msub" | "mfrac";
  readonly content: readonly Typeset[];
}

const SYMBOLS: Readonly<Record<string, string>> = {
  ...{ alpha: "α", beta: "β", gamma: "γ", epsilon: "ε", eta: "η", theta: "θ", lambda: "λ", mu: "μ" },
  ...{ phi: "φ", rho: "ρ", sigma: "σ", perp: "⟂" },
  ...{ "<=": "≤", ">=": "≥", "->": "→", "-": "−", "*": "∗", infinity: "∞" },
};
const RELATIONS = ["=", "<=", ">=", "->", "<", ">"];
const TOKEN = /\s*(<=|>=|->|[A-Za-z]+|\d+(?:\.\d+)?|\S)/y;

const GREEK = Object.keys(SYMBOLS).filter((name) => /^[a-z]{2,}$/.test(name) && name !== "perp");
const EXPONENT = String.raw`\(-?[A-Za-z\d]+(?: ?[-+/ ] ?[A-Za-z\d]+)*\)|-?\d+(?:\.\d+)?|-?[A-Za-z]+`;
/** In plain prose: a Greek letter by its name, or a letter that is raised or has an index. */
const IN_PROSE = new RegExp(
  String.raw`(?<![\w\-.])(?:(?:${GREEK.join("|")})\*?|[A-Za-z](?=[_^]))(?:[_^](?:${EXPONENT}))*(?![\w:])`,
  "g",
);

/** Plain prose, such as the terminal shows, with the formulas in it between backticks. */
export function withFormulas(prose: string): string {
  return prose
    .replace(IN_PROSE, "`$&`")
    .replace(/\b(\d(?:\.\d+)?)e\+?(-?\d+)\b/g, "$1 · `10^$2`")
    .replaceAll(/ ([<>])= /g, (_, relation: string) => (relation === "<" ? " ≤ " : " ≥ "));
}

/** The text with what stands between backticks, such as `n^-alpha`, typeset as formulas. */
export function typeset(text: string): Typeset[] {
  return text.split("`").map((part, i) => (i % 2 === 0 ? part : new FormulaReader(part).read()));
}

/** Reads formulas as they are written in plain text: sums, products, fractions, powers, subscripts and functions. */
class FormulaReader {
  private readonly tokens: string[] = [];
  private position = 0;

  constructor(private readonly text: string) {
    TOKEN.lastIndex = 0;
    for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) this.tokens.push(found[1]);
  }

  read(): MathNode {
    const content = this.relation();
    assert(this.next === undefined, `${this.text} is a formula`);
    return { tag: "math", content };
  }

  private get next(): string | undefined {
    return this.tokens[this.position];
  }

  private take(): string {
    const token = this.next;
    assert(token !== undefined, `${this.text} is complete`);
    this.position++;
    return token;
  }

  private relation(): MathNode[] {
    const parts = this.sum();
    while (this.next !== undefined && [...RELATIONS, ","].includes(this.next))
      parts.push(operator(this.take()), ...this.sum());
    return parts;
  }

  private sum(): MathNode[] {
    const parts = this.next === "-" ? [operator(this.take())] : [];
    parts.push(...this.product());
    while (this.next === "+" || this.next === "-") parts.push(operator(this.take()), ...this.product());
    return parts;
  }

  private product(): MathNode[] {
    const parts = [this.power()];
    while (this.next !== undefined && /^[A-Za-z\d(/]/.test(this.next)) {
      if (this.next !== "/") {
        parts.push(this.power());
        continue;
      }
      this.take();
      const [over, under] = [parts.pop() as MathNode, this.power()];
      parts.push(...(isGroup(over) || isGroup(under) ? [fraction(over, under)] : [over, operator("/"), under]));
    }
    return parts;
  }

  private power(): MathNode {
    let base = this.primary();
    for (;;) {
      if (this.next === "*") base = { tag: "msup", content: [base, operator(this.take())] };
      else if (this.next === "^" || this.next === "_") {
        const tag = this.take() === "^" ? "msup" : "msub";
        base = { tag, content: [base, ungrouped(this.exponent())] };
      } else return base;
    }
  }

  private exponent(): MathNode {
    if (this.next !== "-") return this.primary();
    const minus = operator(this.take());
    return { tag: "mrow", content: [minus, this.primary()] };
  }

  private primary(): MathNode {
    const token = this.take();
    if (token === "(") {
      const content = this.relation();
      assert(this.take() === ")", `${this.text} closes its parentheses`);
      return { tag: "mrow", content: [operator("("), ...content, operator(")")] };
    }
    return { tag: /^\d/.test(token) ? "mn" : "mi", content: [SYMBOLS[token] ?? token] };
  }
}

function operator(text: string): MathNode {
  return { tag: "mo", content: [SYMBOLS[text] ?? text] };
}

function fraction(over: MathNode, under: MathNode): MathNode {
  return { tag: "mfrac", content: [ungrouped(over), ungrouped(under)] };
}

function isGroup({ tag, content }: MathNode): boolean {
  const [first] = content;
  return tag === "mrow" && typeof first === "object" && first.tag === "mo" && first.content[0] === "(";
}

/** Without the parentheses that a fraction or a raised position makes needless. */
function ungrouped(node: MathNode): MathNode {
  return isGroup(node) ? { tag: "mrow", content: node.content.slice(1, -1) } : node;
}
