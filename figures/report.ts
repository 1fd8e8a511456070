import { createHash } from "node:crypto";
import { pointsCsv, tableCsv } from "./csv.js";
import type { Figure, Table } from "./figure.js";
import { renderSvg } from "./svg.js";

const STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --faint: #d9dee5; --background: #ffffff; --accent: #0072b2; }
@media screen and (prefers-color-scheme: dark) { :root { --text: #dde3ea; --faint: #39424e; --background: #14181d; --accent: #56b4e9; } }
body { margin: 2rem auto; max-width: 1120px; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--background); }
h2 { margin-top: 3rem; border-top: 1px solid var(--faint); padding-top: 1.5rem; }
a { color: var(--accent); }
.picture { overflow-x: auto; }
img { width: 100%; min-width: 640px; height: auto; }
table { border-collapse: collapse; font-size: 14px; margin: 1rem 0; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { border-bottom: 1px solid var(--faint); padding: .25rem .7rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th:first-child, td:first-child, .text { text-align: left; }
td.long { min-width: 13rem; white-space: normal; }
.made { font-size: 14px; overflow-wrap: anywhere; }
@media print { img, td.long { min-width: 0; } table { display: table; } th, td { white-space: normal; } }
`;

/** The page runs nothing, and loads nothing but pictures; it has its own styles and no others. */
const POLICY = `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

/** Longer texts get room for line breaks. */
const LONG_TEXT = 30;

/** Metadata of a report. */
export interface ReportHeading {
  readonly title: string;
  readonly text: string;
}

/**
 * All figures as one HTML page.
 *
 * @param files `inside`: pictures, light and dark, and data are in the page, which needs nothing else; `beside`: they are the files of its
 *   folder, so that a page of many figures stays small
 */
export async function renderReport(
  heading: ReportHeading,
  figures: readonly Figure[],
  files: "inside" | "beside" = "inside",
): Promise<string> {
  const sections = await Promise.all(figures.map((figure) => sectionOf(figure, files)));
  const contents = figures.map(
    ({ id, title }) => `<li><a href="#${anchor(id)}">${escapeHtml(`${id}: ${title}`)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src ${files === "beside" ? "'self' file:" : "data:"}; ${POLICY}">
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

async function sectionOf(figure: Figure, files: "inside" | "beside"): Promise<string> {
  const { id, title, source, caption, claim, parameters, seed, isPreview, confidence, panels, tables } = figure;
  const settings = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  const intervals = panels.length === 0 ? "" : `; intervals of ${Number((100 * confidence).toFixed(4))} % each`;
  const made = `${settings.join(", ")}; seed ${seed}${intervals}.`;
  const fileName = slug(id);
  const address = (extension: string, type: string, content: () => string): string =>
    files === "beside" ? `${fileName}${extension}` : dataUrl(type, content());
  const link = (extension: string, type: string, content: () => string): string =>
    `<a download="${fileName}${extension}" href="${address(extension, type, content)}">${extension.slice(1).toUpperCase()}</a>`;
  const light = panels.length === 0 ? "" : await renderSvg(figure, "light");
  const picture = address(".svg", "image/svg+xml", () => light);
  const dark = files === "beside" || panels.length === 0 ? "" : await renderSvg(figure, "dark");
  return `<section id="${anchor(id)}">
<h2>${escapeHtml(`${id}: ${title}`)}</h2>
${isPreview === true ? "<p><strong>Preview: few and short runs, not for quoting.</strong></p>\n" : ""}<p>${escapeHtml(caption)}</p>
<p><em>${escapeHtml(source)}</em>: ${escapeHtml(claim)}</p>
${panels.length === 0 ? "" : pictureOf(title, picture, dark)}
<p class="made">${escapeHtml(made)}
${[
  ...(panels.length === 0 ? [] : [`<a download="${fileName}.svg" href="${picture}">SVG</a>`]),
  link(".csv", "text/csv", () => pointsCsv(figure)),
  link(".json", "application/json", () => JSON.stringify(figure, null, 2)),
].join("\n")}</p>
${tables.map((table, i) => tableHtml(table, `${fileName}-table-${i + 1}.csv`)).join("\n")}
</section>`;
}

/** A picture by its address, and in dark where there is one. */
function pictureOf(title: string, light: string, dark: string): string {
  const source =
    dark === ""
      ? ""
      : `<source srcset="${dataUrl("image/svg+xml", dark)}" media="screen and (prefers-color-scheme: dark)">\n`;
  return `<div class="picture" tabindex="0"><picture>
${source}<img src="${light}" alt="${escapeHtml(title)}">
</picture></div>`;
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

/** Numbers are aligned right; texts left, with line breaks if long. */
function cellHtml(value: string | number | null, isText: boolean): string {
  const text = typeof value === "number" ? shown(value) : escapeHtml(value ?? "");
  if (!isText) return `<td>${text}</td>`;
  return `<td class="text${text.length > LONG_TEXT ? " long" : ""}">${text}</td>`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function anchor(id: string): string {
  return `figure-${slug(id)}`;
}

/** The name with nothing but letters, digits, dots and dashes, for file names and anchors. */
function slug(id: string): string {
  return id.replace(/[^\p{L}\p{N}.-]+/gu, "-");
}

function dataUrl(type: string, text: string): string {
  return `data:${type};charset=utf-8,${encodeURIComponent(text).replaceAll("'", "%27")}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for the values of attributes in quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
