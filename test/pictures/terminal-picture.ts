const [CHARACTER, LINE, MARGIN] = [8.43, 19, 14];
const ESCAPE = "\u001b";
const COLOURED = new RegExp(String.raw`${ESCAPE}\[(\d+)m`, "g");
const CURSOR = new RegExp(String.raw`${ESCAPE}\[\?\d+[hl]`, "g");
/** With which log-update ends what it draws or erases. */
const DRAWN = `${ESCAPE}[?2026l`;
/** Of the colours that the command uses, by their codes. */
const COLOURS: Readonly<Record<string, string>> = { 31: "#ff8b85", 32: "#6fd08c", 33: "#f2be5c", 35: "#d6a5ff" };

/** A picture of a terminal of so many columns, with what a command has written and did not erase. */
export function terminalPicture(command: string, written: string, columns: number): string {
  const lines = [`$ ${command}`, ...lastDrawn(written).trimEnd().split(/\r?\n/)];
  const [width, height] = [Math.ceil(columns * CHARACTER + 2 * MARGIN), lines.length * LINE + 2 * MARGIN];
  const texts = lines.map((line, i) => {
    const y = MARGIN + (i + 0.75) * LINE;
    return `<text x="${MARGIN}" y="${y}">${painted(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>text { white-space: pre; font: 14px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #e9e7e3 }</style>
<rect width="100%" height="100%" rx="8" fill="#1b1e22"/>
${texts.join("\n")}
</svg>
`;
}

/** What stays after the last time that a line of progress was erased. */
function lastDrawn(written: string): string {
  const [, ...drawn] = written.split(DRAWN);
  return (drawn.at(-1) ?? written).replaceAll(CURSOR, "");
}

function painted(line: string): string {
  return line
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(`${ESCAPE}[39m`, "</tspan>")
    .replaceAll(COLOURED, (_, code: string) => `<tspan fill="${COLOURS[code] ?? "inherit"}">`);
}
