import "uplot/dist/uPlot.min.css";
import { createTheme, type DataFrame, ThemeContext } from "@grafana/data";
import { GlobalStyles, PanelChrome } from "@grafana/ui";
import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import type { Answers, DrawnPanel } from "./answers.js";
import type { DashboardJson, PanelJson } from "./dashboard-json.js";
import { configured, unknownSettings } from "./fields.js";
import { framesOf } from "./frames.js";
import { content, namesShown } from "./panels.js";

/** The heights and gaps of Grafana's grid. */
const [ROW, GAP, COLUMNS] = [38, 8, 24];

declare global {
  interface Window {
    /** Draws a dashboard into the empty page, and says what its panels show. */
    draw: typeof draw;
  }
}
window.draw = draw;

async function draw(dashboard: DashboardJson, answers: Answers, dark: boolean): Promise<DrawnPanel[]> {
  const theme = createTheme({ colors: { mode: dark ? "dark" : "light" } });
  const width = document.documentElement.clientWidth - 2 * GAP;
  const panels = dashboard.panels.filter(({ type }) => type !== "row");
  const frames = new Map<number, DataFrame[]>();
  for (const panel of panels)
    frames.set(panel.id, await configured(panel, framesOf(answers.panels[panel.id] ?? []), theme));

  const place = ({ gridPos: { x, y, w, h } }: PanelJson) => ({
    left: GAP + (x * width) / COLUMNS,
    top: GAP + y * ROW,
    width: (w * width) / COLUMNS - GAP,
    height: h * ROW - GAP,
  });
  const drawn = dashboard.panels.map((panel): ReactNode => {
    const { id, type, title } = panel;
    const { left, top, ...size } = place(panel);
    return (
      <section key={id} id={`panel-${id}`} style={{ position: "absolute", left, top, ...size }}>
        {type === "row" ? (
          <h6 style={{ padding: 4 }}>⌄ {title}</h6>
        ) : (
          <PanelChrome title={title} {...size} padding={type === "table" ? "none" : "md"}>
            {(width: number, height: number) =>
              content({ panel, frames: frames.get(id) ?? [], answers, theme, width, height })
            }
          </PanelChrome>
        )}
      </section>
    );
  });
  const bottom = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
  const root = document.createElement("main");
  Object.assign(root.style, { position: "relative", height: `${bottom * ROW + GAP}px` });
  document.body.replaceChildren(root);
  createRoot(root).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {drawn}
    </ThemeContext.Provider>,
  );
  return panels.map((panel) => ({
    ...{ title: panel.title, type: panel.type },
    shown: namesShown(panel, frames.get(panel.id) ?? []),
    unknownSettings: unknownSettings(panel),
  }));
}
