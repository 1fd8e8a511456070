import { execFile } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { messageOf, UserError } from "../model/errors.js";

/** What figures can be drawn as; SVG is what the others are made of. */
export const PICTURE_FORMATS = ["svg", "pdf", "png"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Names of the browser that draws, in the order of preference. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"] as const;
/** Of a screen, for which lengths in pixels are meant, and of print. */
const [SCREEN_DPI, PRINT_DPI] = [96, 300];
const TIMEOUT_MILLISECONDS = 60_000;

/** Reads a list of formats. Throws UserError naming one that there is not. */
export function readFormats(text: string): PictureFormat[] {
  return text.split(",").map((word) => {
    const format = PICTURE_FORMATS.find((known) => known === word.trim());
    if (format === undefined) throw new UserError(`must be some of ${PICTURE_FORMATS.join(", ")}`);
    return format;
  });
}

/** Throws UserError if a picture of one of these formats could not be made: to be called before the work, not after it. */
export function checkFormats(formats: readonly PictureFormat[]): void {
  if (formats.some((format) => format !== "svg")) browser();
}

/**
 * Makes a picture of an SVG, by Chromium: a PDF with lines and letters as such, or a PNG of 300 dots per inch.
 *
 * @throws UserError if there is no Chromium, or if it fails
 */
export async function pictureOf(svg: string, format: Exclude<PictureFormat, "svg">): Promise<Uint8Array> {
  const program = browser();
  const folder = mkdtempSync(join(tmpdir(), "equipoise-picture-"));
  const [page, picture] = [join(folder, "page.html"), join(folder, `picture.${format}`)];
  const [width, height] = ["width", "height"].map((name) =>
    Number(new RegExp(`<svg[^>]* ${name}="(\\d+)"`).exec(svg)?.[1]),
  );
  try {
    writeFileSync(page, htmlOf(svg, width, height));
    const made =
      format === "pdf"
        ? ["--no-pdf-header-footer", `--print-to-pdf=${picture}`]
        : [
            ...[`--screenshot=${picture}`, "--hide-scrollbars", `--window-size=${width},${height}`],
            `--force-device-scale-factor=${PRINT_DPI / SCREEN_DPI}`,
          ];
    // Its sandbox is not for the superuser; the page runs no scripts and loads nothing.
    const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const quiet = ["--headless", "--disable-gpu", "--no-first-run", `--user-data-dir=${join(folder, "profile")}`];
    await promisify(execFile)(program, [...quiet, ...root, ...made, pathToFileURL(page).href], {
      timeout: TIMEOUT_MILLISECONDS,
    });
    return readFileSync(picture);
  } catch (error) {
    throw new UserError(`--format ${format}: ${program} does not draw (${messageOf(error)}); convert the SVG instead`);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A page of exactly that size. */
function htmlOf(svg: string, width: number, height: number): string {
  const style = `@page { size: ${width}px ${height}px; margin: 0 } body { margin: 0 } svg { display: block }`;
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>${svg}`;
}

function browser(): string {
  for (const name of BROWSERS)
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  throw new UserError(
    "--format: PDF and PNG are made by Chromium, which is not installed; install it (Debian: apt install chromium), or convert the SVG, " +
      "with rsvg-convert for example",
  );
}
