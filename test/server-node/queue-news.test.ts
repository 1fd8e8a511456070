import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { News } from "../../model/news.js";
import { randomStream } from "../../model/random.js";
import { EVERYONE, QueueNews } from "../../server-node/queue-news.js";

const DISPATCHERS = 3;

/** What each dispatcher was told last of one server, and how many messages that took, after jobs have come from dispatchers and left. */
function toldOf(news: News, steps: readonly (number | "left")[], seed: string) {
  const told: number[] = Array.from({ length: DISPATCHERS }, () => (news === "idle-to-one" ? 1 : 0));
  let messages = 0;
  const queueNews = new QueueNews(news, [[0, 1, 2]], randomStream(seed, "tokens"), (_server, to, length) => {
    for (const one of to === EVERYONE ? [0, 1, 2] : [to]) {
      told[one] = length;
      messages++;
    }
  });
  queueNews.offerToken(0);
  let length = 0;
  for (const step of steps) {
    if (step !== "left") {
      // A dispatcher that sends a job where it has the token uses the token.
      if (news === "idle-to-one") told[step] = 1;
      queueNews.accepted(0, ++length, step);
    } else if (length > 0) queueNews.left(0, --length);
  }
  return { told, messages, length };
}

const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: DISPATCHERS - 1 }), fc.constant("left" as const)), {
  maxLength: 40,
});

describe("what a server tells of its queue", () => {
  it("is its length to everyone at every change", () => {
    fc.assert(
      fc.property(steps, fc.string(), (drawn, seed) => {
        const { told, length } = toldOf("queue-lengths", drawn, seed);
        expect(told).toEqual([length, length, length]);
      }),
    );
    expect(toldOf("queue-lengths", [0, 1, "left", "left"], "1").messages).toBe(4 * DISPATCHERS);
  });

  it("is to everyone whether it is idle, when that changes", () => {
    fc.assert(
      fc.property(steps, fc.string(), (drawn, seed) => {
        const { told, length } = toldOf("idle-to-all", drawn, seed);
        expect(told).toEqual(told.map(() => Math.min(1, length)));
      }),
    );
    expect(toldOf("idle-to-all", [0, 1, "left", "left"], "1").messages).toBe(2 * DISPATCHERS);
  });

  it("is to one dispatcher that it is idle, and that it no longer is if another sends it a job", () => {
    fc.assert(
      fc.property(steps, fc.string(), (drawn, seed) => {
        const { told, length } = toldOf("idle-to-one", drawn, seed);
        expect(told.filter((known) => known === 0).length).toBe(length === 0 ? 1 : 0);
      }),
    );
  });

  it("is nothing where nobody needs it", () => {
    expect(toldOf("none", [0, 1, "left", "left"], "1").messages).toBe(0);
  });
});
