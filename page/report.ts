import { byId, element } from "./element.js";
import { withLightTheme } from "./theme.js";
import type { View } from "./view.js";

/** What a report has no use for. */
const NOT_IN_REPORTS = "script, link, dialog, nav, .skip, .controls-of-page, .controls-card, noscript, h1 img, .job";

/** Lets the user save the page as it is: one HTML file that needs nothing else, with the state of the run as JSON in it. */
export function offerReport(latest: () => View | undefined): void {
  byId("save").addEventListener("click", () => {
    const view = latest();
    if (view !== undefined) void withLightTheme(() => save(view));
  });
}

function save({ run, update }: View): void {
  // In a document that nobody sees, which loads nothing.
  const unseen = document.implementation.createHTMLDocument();
  const report = unseen.importNode(document.documentElement, true);
  const pictures = [...document.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL());
  for (const [i, canvas] of [...report.querySelectorAll("canvas")].entries()) {
    const image = unseen.createElement("img");
    image.src = pictures[i];
    image.alt = "";
    canvas.replaceWith(image);
  }
  for (const needless of report.querySelectorAll(NOT_IN_REPORTS)) needless.remove();
  for (const folded of report.querySelectorAll("details")) folded.open = true;
  delete report.dataset.present;
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map(({ cssText }) => cssText));
  const state = element("script");
  state.type = "application/json";
  state.id = "state";
  state.textContent = JSON.stringify({ run, state: update.state }).replaceAll("<", "\\u003c");
  report.querySelector("head")?.append(element("style", "", rules.join("\n")), state);
  const time = new Date().toISOString().slice(0, 19);
  report.querySelector("footer")?.append(element("p", "", `Saved ${time.replace("T", " ")} UTC.`));
  const file = new Blob([`<!doctype html>\n${report.outerHTML}`], { type: "text/html" });
  const link = element("a");
  link.href = URL.createObjectURL(file);
  link.download = `equipoise-${run.scenario}-${time.replaceAll(":", "")}.html`;
  link.click();
  URL.revokeObjectURL(link.href);
}
