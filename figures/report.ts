import { pointsCsv, tableCsv } from "./csv.js";
import type { Figure, Table } from "./figure.js";
import { renderSvg } from "./svg.js";

const STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --faint: #d9dee5; --background: #ffffff; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --text: #dde3ea; --faint: #39424e; --background: #14181d; --accent: #56b4e9; } }
body { margin: 2rem auto; max-width: 960px; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--background); }
h2 { margin-top: 3rem; border-top: 1px solid var(--faint); padding-top: 1.5rem; }
a { color: var(--accent); }
img { width: 100%; height: auto; }
table { border-collapse: collapse; font-size: 14px; margin: 1rem 0; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { border-bottom: 1px solid var(--faint); padding: .25rem .7rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th:first-child, td:first-child, .text { text-align: left; }
td.long { min-width: 24rem; white-space: normal; }
.made { font-size: 14px; }
`;

/** Texts longer than this get room to break in. */
const LONG_TEXT = 30;

/** What is said of a whole report. */
export interface ReportHeading {
  readonly title: string;
  readonly text: string;
}

/** All figures as one HTML page that asks nobody for anything: pictures, data and styles are in it, for light and for dark. */
export async function renderReport(heading: ReportHeading, figures: readonly Figure[]): Promise<string> {
  const sections = await Promise.all(figures.map(sectionOf));
  const contents = figures.map(
    ({ id, title }) => `<li><a href="#${anchor(id)}">${escapeHtml(`${id}: ${title}`)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(heading.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(heading.title)}</h1>
<p>${escapeHtml(heading.text)}</p>
${contents.length > 1 ? `<ul>\n${contents.join("\n")}\n</ul>` : ""}
${sections.join("\n")}
</body>
</html>
`;
}

async function sectionOf(figure: Figure): Promise<string> {
  const { id, title, source, caption, claim, parameters, seed, confidence, panels, tables } = figure;
  const settings = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  const intervals = panels.length === 0 ? "" : `; intervals of ${Number((100 * confidence).toFixed(4))} % each`;
  const made = `${settings.join(", ")}; seed ${seed}${intervals}.`;
  const fileName = id.replaceAll("/", "-");
  return `<section id="${anchor(id)}">
<h2>${escapeHtml(`${id}: ${title}`)}</h2>
<p>${escapeHtml(caption)}</p>
<p><em>${escapeHtml(source)}</em>: ${escapeHtml(claim)}</p>
${await pictureOf(figure, fileName)}
<p class="made">${escapeHtml(made)}
<a download="${fileName}.csv" href="${dataUrl("text/csv", pointsCsv(figure))}">CSV</a>
<a download="${fileName}.json" href="${dataUrl("application/json", JSON.stringify(figure, null, 2))}">JSON</a></p>
${tables.map((table, i) => tableHtml(table, `${fileName}-table-${i + 1}.csv`)).join("\n")}
</section>`;
}

/** The picture in light and dark, to be taken along; nothing where there is nothing to draw. */
async function pictureOf(figure: Figure, fileName: string): Promise<string> {
  if (figure.panels.length === 0) return "";
  const [light, dark] = await Promise.all([renderSvg(figure, "light"), renderSvg(figure, "dark")]);
  return `<picture>
<source srcset="${dataUrl("image/svg+xml", dark)}" media="(prefers-color-scheme: dark)">
<img src="${dataUrl("image/svg+xml", light)}" alt="${escapeHtml(figure.title)}">
</picture>
<p class="made"><a download="${fileName}.svg" href="${dataUrl("image/svg+xml", light)}">SVG</a></p>`;
}

function tableHtml(table: Table, fileName: string): string {
  const isText = table.columns.map((_, i) => table.rows.every((row) => typeof row[i] !== "number"));
  const head = table.columns.map((column, i) => `<th${isText[i] ? ' class="text"' : ""}>${escapeHtml(column)}</th>`);
  const rows = table.rows.map((row) => `<tr>${row.map((value, i) => cellHtml(value, isText[i])).join("")}</tr>`);
  return `<table tabindex="0">
<caption>${escapeHtml(table.title)} <a download="${fileName}" href="${dataUrl("text/csv", tableCsv(table))}">CSV</a></caption>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

/** Numbers stand under each other on the right; texts on the left, and break where they are long. */
function cellHtml(value: string | number | null, isText: boolean): string {
  const text = typeof value === "number" ? shown(value) : escapeHtml(value ?? "");
  if (!isText) return `<td>${text}</td>`;
  return `<td class="text${text.length > LONG_TEXT ? " long" : ""}">${text}</td>`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function anchor(id: string): string {
  return `figure-${id.replaceAll("/", "-")}`;
}

function dataUrl(type: string, text: string): string {
  return `data:${type};charset=utf-8,${encodeURIComponent(text).replaceAll("'", "%27")}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
