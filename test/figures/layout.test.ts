import { describe, expect, it } from "vitest";
import type { Figure, Panel } from "../../figures/figure.js";
import { layoutOf, WIDTHS } from "../../figures/layout.js";
import { renderSvg } from "../../figures/svg.js";

const axis = { label: "x", unit: "", scale: "linear" } as const;
const panel = (title: string, names: readonly string[]): Panel => ({
  title,
  x: axis,
  y: axis,
  series: names.map((quantity) => ({ quantity, role: "simulated", points: [{ x: 1, y: 1 }] })),
});
const long = "a quantity whose name is so long that no column of any paper has the room for it in one line";
const figure: Figure = {
  ...{ id: "a/1", title: "A figure", source: "", caption: "", claim: "", parameters: {}, seed: "1", confidence: 0.9 },
  panels: [panel("", ["a"]), panel(long, ["a", "b", long]), panel("named", ["a"])],
  tables: [],
};

describe.each(WIDTHS)("the layout of a figure in a %s", (width) => {
  const layout = layoutOf(figure, width);

  it("puts title, axes and legend of each panel below those of the panel before, within the picture", () => {
    let bottom = 0;
    for (const { title, grid, legend } of layout.panels) {
      expect(title.top).toBeGreaterThanOrEqual(bottom);
      expect(grid.top).toBeGreaterThan(title.top);
      expect(grid.left + grid.right).toBeLessThan(0.5 * layout.width);
      const axesEnd = grid.top + grid.height + layout.bottom;
      bottom = Math.max(axesEnd, legend.top);
      expect(bottom).toBeLessThanOrEqual(layout.height);
    }
  });

  it("is as wide as it says", async () => {
    expect(await renderSvg(figure, "light", width)).toContain(`<svg width="${layout.width}" height="${layout.height}"`);
  });
});

describe("a column", () => {
  it("breaks titles that are too long, and has room for the word of a preview above them", () => {
    const [, { title }] = layoutOf(figure, "column").panels;
    expect(title.text.replaceAll("\n", " ")).toBe(long);
    expect(title.text.split("\n").length).toBeGreaterThan(1);
    const [first] = layoutOf({ ...figure, isPreview: true }, "column").panels;
    expect(first.title.top).toBeGreaterThan(layoutOf(figure, "column").panels[0].title.top + 11);
  });

  it("is 3.5 inches wide, with room below its axes for every line of the legend, and no title but the caption's", async () => {
    const layout = layoutOf(figure, "column");
    expect(layout.width / 96).toBe(3.5);
    const [one, three] = layout.panels.map(({ grid, legend }) => ({ end: grid.top + grid.height, legend: legend.top }));
    expect(one.legend).toBeGreaterThan(one.end);
    const next = layout.panels[2].title.top;
    // One line each for two names, and more for the long one.
    expect(next - three.legend).toBeGreaterThan(4 * layout.fontSize);
    expect(await renderSvg(figure, "light", "column")).not.toContain("A figure");
    expect(await renderSvg(figure, "light", "page")).toContain("A figure");
  });
});
