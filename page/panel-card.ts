import { element, setText } from "./element.js";

/** A card with a title, a sentence on what theory claims, and a chart. */
export interface PanelCard {
  readonly root: HTMLElement;
  title(text: string): void;
  /** Shows the sentence; without one, theory has nothing to say here, and the card is hidden. */
  show(claim: string | undefined): void;
}

export function panelCard(title: string, ...content: readonly HTMLElement[]): PanelCard {
  const heading = element("h2", "", title);
  const sentence = element("p", "claim");
  const root = element("section", "card", heading, sentence, ...content);
  return {
    root,
    title: (text) => setText(heading, text),
    show(claim) {
      root.hidden = claim === undefined;
      setText(sentence, claim ?? "");
    },
  };
}
