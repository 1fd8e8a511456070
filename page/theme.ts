import { byId } from "./element.js";

/** The colours of style.css by what they stand for. */
export type Colour =
  | "text"
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

/** A colour as the present theme has it. */
export function colour(name: Colour): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Calls back whenever the colours have changed. */
export function onThemeChange(listener: () => void): void {
  listeners.add(listener);
}

/** Lets the user choose between the system's theme, light and dark, and remembers the choice. */
export function offerThemes(): void {
  const select = byId<HTMLSelectElement>("theme");
  const apply = (): void => {
    document.documentElement.dataset.theme = select.value;
    for (const listener of listeners) listener();
  };
  select.value = localStorage.getItem(STORAGE_KEY) ?? "";
  select.addEventListener("change", () => {
    localStorage.setItem(STORAGE_KEY, select.value);
    apply();
  });
  systemIsDark.addEventListener("change", apply);
  apply();
}
