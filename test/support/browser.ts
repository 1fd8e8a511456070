import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { findProgram } from "./programs.js";

/** Debian's Chromium without what it would ask of the network at its start. */
const LAUNCH = {
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ],
};

let launched: Promise<Browser> | undefined;

/** Of all pages that were opened. */
export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
}

/** A page with what it did wrong: errors, words on its console, and requests to anywhere but where it came from. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens a page in a browser that all of a file's tests share. */
export async function openPage(
  url: string,
  options: { readonly width?: number; readonly height?: number; readonly dark?: boolean; readonly calm?: boolean } = {},
): Promise<WatchedPage> {
  launched ??= chromium.launch({ ...LAUNCH, executablePath: findProgram("chromium") ?? "chromium" });
  const context = await (await launched).newContext({
    viewport: { width: options.width ?? 1200, height: options.height ?? 900 },
    colorScheme: options.dark === true ? "dark" : "light",
    reducedMotion: options.calm === true ? "reduce" : "no-preference",
    bypassCSP: false,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.stack ?? String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:"))
      complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** What axe finds to be a serious or critical barrier, in words. */
export async function barriers(page: Page): Promise<string[]> {
  // Evaluated by the debugger's protocol, which no content policy of the page forbids.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}
