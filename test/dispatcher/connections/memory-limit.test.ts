import { expect, it } from "vitest";
import { endGreediest } from "../../../dispatcher/connections/memory-limit.js";
import type { Peer } from "../../../dispatcher/connections/peer-sessions.js";

it("the peers for which most waits are shut out, until what waits for the others is within the limit", () => {
  const shutOut: number[] = [];
  const peers = [5, 30, 1, 40, 20].map((bytes, i) => ({
    session: { unacknowledgedBytes: i % 2 === 0 ? bytes : 0 },
    channel: { unsentBytes: i % 2 === 0 ? 0 : bytes, reject: () => shutOut.push(bytes) },
  })) as unknown as Peer[];
  endGreediest(peers, 96);
  expect(shutOut).toEqual([]);
  endGreediest(peers, 30);
  expect(shutOut).toEqual([40, 30]);
});
