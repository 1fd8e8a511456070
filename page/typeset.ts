import { type MathNode, type Typeset, typeset } from "./formula.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";
/** The text that an element shows, by element: most are shown again and again. */
const shown = new WeakMap<Element, string>();

/** Shows text with formulas between backticks. */
export function showTypeset(target: Element, text: string): void {
  if (shown.get(target) === text) return;
  shown.set(target, text);
  target.replaceChildren(...typeset(text).map(toNode));
}

function toNode(piece: Typeset): Node | string {
  return typeof piece === "string" ? piece : toElement(piece);
}

function toElement({ tag, content }: MathNode): Element {
  const made = document.createElementNS(MATHML, tag);
  made.append(...content.map(toNode));
  return made;
}
