import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutputError, PeerError, UserError } from "../../model/errors.js";
import { printable } from "../../model/printable.js";

/** Clears the screen; renames the window; goes back a line; writes from right to left. */
const EVIL = "\u001b[2J\u001b]0;owned\u0007\u009b1A\u202edesrever\r\n";

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe("what comes from elsewhere and is shown on a terminal", () => {
  it("has no character that a terminal obeys or hides", () => {
    expect(printable(EVIL)).toBe("\\u{1b}[2J\\u{1b}]0;owned\\u{7}\\u{9b}1A\\u{202e}desrever\\u{d}\\u{a}");
    expect(printable("a\nb\tc", "\n")).toBe("a\nb\\u{9}c");
    expect(printable("Größe 10 µs — 漢字 🙂")).toBe("Größe 10 µs — 漢字 🙂");
  });

  it("is printable once and for all, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).not.toMatch(UNPRINTABLE);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  it("is printable in every error that quotes it", () => {
    for (const error of [new UserError(EVIL), new OutputError(EVIL), new PeerError(EVIL)])
      expect(error.message).toBe(printable(error.message));
  });
});
