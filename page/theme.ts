import { byId } from "./element.js";

/** The colours of style.css by meaning. */
export type Colour =
  | "text"
  | "card"
  | "quiet"
  | "grid"
  | "measured"
  | "faint"
  | "band"
  | "predicted"
  | "second"
  | "event"
  | "level0"
  | "level1"
  | "level2"
  | "level3"
  | "level4";

const listeners = new Set<() => void>();
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const STORAGE_KEY = "equipoise-theme";

/** Has the colour that is asked for: what the style sheet says of both themes is resolved for elements only. */
const swatch = document.createElement("span");
swatch.hidden = true;
document.body.append(swatch);

/** A colour of the current theme. */
export function colour(name: Colour): string {
  swatch.style.color = `var(--${name})`;
  return getComputedStyle(swatch).color;
}

/** Calls back whenever the colours have changed. */
export function onThemeChange(listener: () => void): void {
  listeners.add(listener);
}

/** Does something while the page has the light theme, as paper has. */
export async function withLightTheme(act: () => void): Promise<void> {
  const { theme = "" } = document.documentElement.dataset;
  setTheme("light");
  // Charts are drawn at the end of the turn.
  await new Promise((resolve) => setTimeout(resolve));
  act();
  setTheme(theme);
}

function setTheme(theme: string): void {
  document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

/** Lets the user choose between the system's theme, light and dark, and remembers the choice. */
export function offerThemes(): void {
  const select = byId<HTMLSelectElement>("theme");
  const apply = (): void => setTheme(select.value);
  select.value = localStorage.getItem(STORAGE_KEY) ?? "";
  select.addEventListener("change", () => {
    localStorage.setItem(STORAGE_KEY, select.value);
    apply();
  });
  systemIsDark.addEventListener("change", apply);
  matchMedia("print").addEventListener("change", ({ matches }) => setTheme(matches ? "light" : select.value));
  apply();
}
