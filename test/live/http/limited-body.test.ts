import { describe, expect, it } from "vitest";
import { textUpTo } from "../../../live/http/limited-body.js";

describe("the text of an answer", () => {
  it("is read up to its limit, and no further", async () => {
    expect(await textUpTo(new Response("four"), 4)).toBe("four");
    expect(await textUpTo(new Response("fives"), 4)).toBeUndefined();
    expect(await textUpTo(new Response(null), 4)).toBe("");
    let parts = 0;
    const endless = new ReadableStream({
      pull(controller) {
        parts++;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    expect(await textUpTo(new Response(endless), 10_000)).toBeUndefined();
    expect(parts).toBeLessThan(20);
  });
});
