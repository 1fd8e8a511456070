import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pointsCsv, tableCsv } from "../../figures/csv.js";
import type { Figure } from "../../figures/figure.js";
import { renderReport } from "../../figures/report.js";
import { renderSvg } from "../../figures/svg.js";

const figure: Figure = {
  id: "example/1",
  title: "Queues, <and> what they say",
  source: "Nobody, Figure 1",
  caption: "Points & lines.",
  claim: 'they call it "short"',
  parameters: { servers: "7" },
  seed: "a",
  confidence: 0.95,
  panels: [
    {
      title: "upper",
      x: { label: "servers", unit: "", scale: "linear" },
      y: { label: "queue length", unit: "jobs", scale: "log" },
      series: [
        {
          quantity: "mean",
          role: "simulated",
          points: [
            { x: 1, y: 2, low: 1.5, high: 2.5 },
            { x: 2, y: 0.5, low: -0.1, high: 1.1 },
            { x: 3, y: 0 },
          ],
        },
        {
          quantity: "mean",
          role: "limit",
          points: [
            { x: 1, y: 1 },
            { x: 2, y: 1 },
          ],
        },
      ],
    },
    {
      title: "lower",
      x: { label: "time", unit: "time units", scale: "linear", min: 0, max: 4 },
      y: { label: "rate", unit: "", scale: "linear" },
      series: [
        {
          quantity: "rate",
          role: "refined",
          points: [
            { x: 0, y: 1, low: 0.9, high: 1.1 },
            { x: 4, y: 2, low: 1.9, high: 2.1 },
          ],
        },
      ],
    },
  ],
  tables: [
    {
      title: "All of it",
      columns: ["what", "value"],
      rows: [
        ['a "b", c', 1.25],
        ["nothing", null],
      ],
    },
  ],
};

describe("the CSV of a figure", () => {
  it("has every point with its interval, a row each", () => {
    expect(pointsCsv(figure)).toBe(
      [
        "panel,quantity,role,x,y,low,high",
        "upper,mean,simulated,1,2,1.5,2.5",
        "upper,mean,simulated,2,0.5,-0.1,1.1",
        "upper,mean,simulated,3,0,,",
        "upper,mean,limit,1,1,,",
        "upper,mean,limit,2,1,,",
        "lower,rate,refined,0,1,0.9,1.1",
        "lower,rate,refined,4,2,1.9,2.1",
        "",
      ].join("\n"),
    );
  });

  it("quotes what RFC 4180 wants quoted", () => {
    expect(tableCsv(figure.tables[0])).toBe('what,value\n"a ""b"", c",1.25\nnothing,\n');
  });
});

describe("the SVG of a figure", () => {
  it("names panels, axes with units, and each series once", async () => {
    const svg = await renderSvg(figure, "light");
    for (const text of ["upper", "lower", ">servers<", ">queue length (jobs)<", ">time (time units)<", ">rate<"])
      expect(svg).toContain(text);
    for (const name of [">mean, simulated<", ">mean, limit<", ">rate, refined<"])
      expect(svg.split(name)).toHaveLength(2);
  });

  it("draws dots and error bars for what was measured, a line and a band for theory, all within the picture", async () => {
    const svg = await renderSvg(figure, "light");
    // Two of three points are above 0, and the axis is logarithmic: a circle each; a bar with two ends.
    expect(svg.match(/NaN|Infinity/)).toBeNull();
    expect(svg).toContain("stroke-dasharray");
    expect(svg).toContain('fill-opacity="0.16"');
  });

  it("is light or dark", async () => {
    const [light, dark] = [await renderSvg(figure, "light"), await renderSvg(figure, "dark")];
    expect(light).toContain("#ffffff");
    expect(dark).not.toContain("#ffffff");
  });
});

describe("a preview", () => {
  it("says so, in the picture and in the report", async () => {
    const preview: Figure = { ...figure, isPreview: true };
    expect(await renderSvg(preview, "light")).toContain("PREVIEW");
    expect(await renderSvg(figure, "light")).not.toContain("PREVIEW");
    expect(await renderReport({ title: "", text: "" }, [preview])).toContain("Preview: few and short runs");
  });
});

describe("the report", () => {
  it("of many figures refers to the files beside it, and is small", async () => {
    const html = await renderReport({ title: "All", text: "" }, [figure], "beside");
    for (const name of ["example-1.svg", "example-1.csv", "example-1.json"]) expect(html).toContain(`href="${name}"`);
    expect(html).toContain('<img src="example-1.svg"');
    expect(html.length).toBeLessThan(6000);
  });

  it("is self-contained, and shows as text what people wrote", async () => {
    const html = await renderReport({ title: "All", text: "Of it" }, [figure, { ...figure, id: "example/2" }]);
    for (const [, address] of html.matchAll(/(?:src|srcset|href)="([^"]*)"/g)) expect(address).toMatch(/^(data:|#)/);
    expect(/<script|@import|url\((?!%23)/.exec(html)).toBeNull();
    expect(html).toContain("Queues, &lt;and&gt; what they say");
    expect(html).toContain("they call it &quot;short&quot;");
    expect(html).toContain('<a href="#figure-example-2">');
    expect(html).toContain("(prefers-color-scheme: dark)");
    expect(html).toContain('<td class="text">a &quot;b&quot;, c</td><td>1.25</td>');
  });

  it("runs no script, whatever a figure is called", async () => {
    const evil = '"><script>alert(1)</script><a href="javascript:alert(1)" x="';
    const named = { ...figure, id: evil, title: evil, source: evil, seed: evil };
    const html = await renderReport({ title: evil, text: evil }, [named, figure]);
    expect(html).not.toContain("<script");
    for (const [tag] of html.matchAll(/<[^>]*>/g))
      expect(tag.replaceAll(/"[^"]*"/g, '""')).toMatch(/^<[!/]?\w+( [\w-]+(="")?)*>$/);
    const [, style] = /<style>([^<]*)<\/style>/.exec(html) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(html).toContain(`default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'`);
  });

  it("carries the data as it is", async () => {
    const html = await renderReport({ title: "All", text: "" }, [figure]);
    const json = /data:application\/json;charset=utf-8,([^"]*)"/.exec(html)?.[1] ?? "";
    expect(JSON.parse(decodeURIComponent(json))).toEqual(figure);
  });
});

describe("a table as CSV", () => {
  it("has no cell that a spreadsheet takes for a formula", () => {
    const rows = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "-0.5", "1e-3", "plain"].map((text) => [text, -1]);
    expect(tableCsv({ title: "", columns: ["=a", "b"], rows })).toBe(
      "'=a,b\n'=1+1,-1\n'+1+1,-1\n'-1+1,-1\n'@SUM(A1),-1\n'\t=1,-1\n-0.5,-1\n1e-3,-1\nplain,-1\n",
    );
  });
});
