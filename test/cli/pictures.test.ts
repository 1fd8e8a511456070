import { describe, expect, it } from "vitest";
import { checkFormats, pictureOf, readFormats } from "../../cli/pictures.js";
import { needs } from "../support/programs.js";

const svg =
  '<svg width="336" height="200" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 336 200"><text x="9" y="50">Queues</text></svg>';

describe("the formats of pictures", () => {
  it("are a list, of what there is", () => {
    expect(readFormats("svg")).toEqual(["svg"]);
    expect(readFormats("pdf, png")).toEqual(["pdf", "png"]);
    expect(() => readFormats("pdf,gif")).toThrow("must be some of svg, pdf, png");
  });

  it("that need a browser are refused where there is none, before the work", () => {
    const path = process.env.PATH;
    try {
      process.env.PATH = "/nowhere";
      expect(() => checkFormats(["svg"])).not.toThrow();
      expect(() => checkFormats(["svg", "png"])).toThrow("--format: PDF and PNG are made by Chromium");
    } finally {
      process.env.PATH = path;
    }
  });
});

describe("a picture", needs("chromium"), () => {
  it("as PDF is one page as large as the figure, with its letters", async () => {
    const pdf = Buffer.from(await pictureOf(svg, "pdf")).toString("latin1");
    expect(pdf.startsWith("%PDF-")).toBe(true);
    // In points, of which an inch has 72.
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
    expect(Number(width)).toBeCloseTo((336 * 72) / 96, 0);
    expect(Number(height)).toBeCloseTo((200 * 72) / 96, 0);
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    expect(pdf).toContain("/Font");
  });

  it("as PNG has 300 dots per inch", async () => {
    const png = Buffer.from(await pictureOf(svg, "png"));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([(336 * 300) / 96, (200 * 300) / 96]);
  });
});
