import type { Series } from "./figure.js";

export type Theme = "light" | "dark";

export const INK: Readonly<
  Record<
    Theme,
    { readonly text: string; readonly faint: string; readonly background: string; readonly warning: string }
  >
> = {
  light: { text: "#1c2430", faint: "#d9dee5", background: "#ffffff", warning: "#b3400a" },
  dark: { text: "#dde3ea", faint: "#39424e", background: "#14181d", warning: "#ff9e63" },
};
/** One colour per quantity, safe for colour blindness (after Okabe and Ito 2008). */
const COLOURS: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#0072b2", "#d55e00", "#009e73", "#a8519a", "#8a6d00", "#5a6b7b", "#1b9fc9"],
  dark: ["#56b4e9", "#ff8c42", "#2fd0a0", "#e29bd1", "#e6c619", "#a7b6c5", "#8fd8ff"],
};
/** For quantities in an order: from one end of a scale to the other, of even steps in lightness (after viridis). */
const SCALE: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#7ac143", "#22a884", "#2a788e", "#414487", "#440154"],
  dark: ["#5a62c4", "#3b90bd", "#2cc79a", "#8fdc5f", "#fde725"],
};
/** Dashes by role, each of its own, so that lines are told apart without colour. */
const DASHES: Readonly<Record<Series["role"], "solid" | readonly number[]>> = {
  simulated: "solid",
  live: "solid",
  paper: "solid",
  exact: [14, 3],
  refined: [7, 3],
  limit: [9, 3, 2, 3],
  bound: [2, 3],
};
/** Markers by quantity, each of its own for the same reason. */
const MARKERS = [
  "circle",
  "path://M0 0h9v9h-9z",
  "path://M5.5 0L11 5.5L5.5 11L0 5.5z",
  "path://M5 0L10 9L0 9z",
  "path://M0 0h10L5 9z",
  "path://M3.5 0h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",
  "path://M5 0L10 4L8 10H2L0 4z",
  "path://M0 2L2 0L5 3L8 0L10 2L7 5L10 8L8 10L5 7L2 10L0 8L3 5z",
] as const;
/** So many quantities that differ in nothing but a number are in an order. */
const LEAST_ORDERED = 3;

export interface Look {
  readonly colour: string;
  readonly marker: string;
}

/** How each quantity of a figure looks: its colour and its marker. */
export function looksOf(quantities: readonly string[], theme: Theme): ReadonlyMap<string, Look> {
  const ordered = orderedOf(quantities);
  const others = quantities.filter((quantity) => !ordered.includes(quantity));
  const colours = COLOURS[theme];
  // The blues and greens of the scale are taken.
  const ofOthers = ordered.length === 0 ? colours : [colours[1], colours[3], colours[5], colours[4]];
  const colourOf = (quantity: string): string => {
    const place = ordered.indexOf(quantity);
    if (place >= 0) return between(SCALE[theme], place / (ordered.length - 1));
    return ofOthers[others.indexOf(quantity) % ofOthers.length];
  };
  return new Map(
    quantities.map((quantity, i) => [quantity, { colour: colourOf(quantity), marker: MARKERS[i % MARKERS.length] }]),
  );
}

export function dashOf({ role }: Series): "solid" | number[] {
  const dash = DASHES[role];
  return dash === "solid" ? dash : [...dash];
}

/** Those of the quantities that differ in nothing but a number, by that number; empty if they are few. */
export function orderedOf(quantities: readonly string[]): string[] {
  const byTemplate = new Map<string, string[]>();
  for (const quantity of quantities) {
    const template = quantity.replace(/\d+(?:\.\d+)?/, "#");
    if (template !== quantity) byTemplate.set(template, [...(byTemplate.get(template) ?? []), quantity]);
  }
  const numberIn = (quantity: string): number => Number(/\d+(?:\.\d+)?/.exec(quantity)?.[0]);
  const group = [...byTemplate.values()].find(({ length }) => length >= LEAST_ORDERED) ?? [];
  return [...group].sort((a, b) => numberIn(a) - numberIn(b));
}

/** The colour at a place from 0 to 1 of a scale, which is linear between its colours. */
function between(scale: readonly string[], place: number): string {
  const position = place * (scale.length - 1);
  const left = Math.min(scale.length - 2, Math.floor(position));
  const channels = [1, 3, 5].map((start) => {
    const [from, to] = [scale[left], scale[left + 1]].map((colour) =>
      Number.parseInt(colour.slice(start, start + 2), 16),
    );
    return Math.round(from + (position - left) * (to - from));
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  ...{ alpha: "α", beta: "β", gamma: "γ", eta: "η", lambda: "λ", mu: "μ", rho: "ρ", phi: "φ", infinity: "∞", sum: "Σ" },
};
const RAISED: Readonly<Record<string, string>> = {
  ...{ 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" },
  ...{ "-": "⁻", n: "ⁿ", i: "ⁱ", α: "ᵅ", β: "ᵝ", γ: "ᵞ" },
};
const LOWERED: Readonly<Record<string, string>> = {
  ...{ 0: "₀", 1: "₁", 2: "₂", 3: "₃", 4: "₄", 5: "₅", 6: "₆", 7: "₇", 8: "₈", 9: "₉" },
  ...{ i: "ᵢ", j: "ⱼ", k: "ₖ", n: "ₙ" },
};

/** The text with Greek letters instead of their names, and with exponents and indices that are raised and lowered if there are such letters. */
export function inSymbols(text: string): string {
  return text
    .replace(/\b[a-z]+\b/g, (word) => SYMBOLS[word] ?? word)
    .replaceAll("q_perp", "q⊥")
    .replace(/(?<=[A-Za-zα-ω)|])\^(-?[\dniα-ω]+)(?![\w.])/g, (as, exponent: string) => letters(exponent, RAISED) ?? as)
    .replace(/(?<=\b[A-Za-z])_([\dijkn]+)(?!\w)/g, (as, index: string) => letters(index, LOWERED) ?? as);
}

/** In the letters given; undefined if there is none for one of them. */
function letters(text: string, of: Readonly<Record<string, string>>): string | undefined {
  const found = [...text].map((letter) => of[letter]);
  return found.every((letter) => letter !== undefined) ? found.join("") : undefined;
}
