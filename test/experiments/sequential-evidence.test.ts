import { describe, expect, it } from "vitest";
import type { QuantityEvidence, WeighOptions } from "../../experiments/evidence.js";
import { LookSchedule, type Looks } from "../../experiments/looks.js";
import { SequentialEvidence } from "../../experiments/sequential-evidence.js";

const SIXTEEN = { measuringTime: 16, relaxationTime: 0, warmUpTime: 0, epochTime: 0, bestAt: 16 };

/** Evidence whose only quantity, called `found`, has the verdicts given, look by look; and the confidences asked for. */
function evidence(
  verdicts: readonly QuantityEvidence["verdict"][],
  looks: Looks = "planned",
  notAwaited: string[] = [],
) {
  const confidences: number[] = [];
  let judged = 0;
  const weigh = ({ atLook = (confidence) => confidence, unjudged }: Pick<WeighOptions, "atLook" | "unjudged">) => {
    confidences.push(atLook(0.99));
    const verdict = unjudged?.verdict ?? verdicts[judged++];
    const reason = unjudged?.reason ?? "judged";
    return [{ name: "found", verdict, reason, decidedBy: "the exact 3" } as QuantityEvidence];
  };
  const schedule = new LookSchedule({ ...SIXTEEN, looks });
  return { sequential: new SequentialEvidence(schedule, new Set(notAwaited), weigh), confidences };
}

describe("evidence judged at planned looks", () => {
  it("is shown without a verdict in between, and stands once a run has ended", () => {
    const { sequential } = evidence(["undecided", "agrees", "differs"]);
    sequential.epochEnded(0.2);
    expect(sequential.looks).toBe(0);
    expect(sequential.at(0.2)[0]).toMatchObject({
      verdict: "undecided",
      reason: "judged after 0.25 time units of measuring, not before",
    });
    sequential.epochEnded(0.3);
    expect([sequential.looks, sequential.stoppedBy]).toEqual([1, undefined]);
    expect(sequential.at(0.4)[0].reason).toBe("judged after 0.5 time units of measuring, not before");
    sequential.epochEnded(0.5);
    expect([sequential.looks, sequential.stoppedBy]).toEqual([2, "decided"]);
    expect(sequential.at(0.7)[0]).toMatchObject({ verdict: "agrees", reason: "judged" });
  });

  it("takes one look where several were due, at the confidence of the latest", () => {
    const { sequential, confidences } = evidence(["undecided", "differs"]);
    sequential.epochEnded(5);
    expect(sequential.looks).toBe(1);
    // Of 16, the look at 4 spends what lies between 2 and 4.
    expect(confidences).toEqual([1 - 0.01 * (2 / 16)].map((confidence) => expect.closeTo(confidence, 9)));
    sequential.epochEnded(16);
    expect([sequential.looks, sequential.stoppedBy]).toEqual([2, "decided"]);
  });

  it("ends with its time where something is still undecided, and does not wait for what is not awaited", () => {
    const { sequential } = evidence(Array.from({ length: 7 }, () => "undecided" as const));
    for (const time of [0.25, 0.5, 1, 2, 4, 8]) sequential.epochEnded(time);
    expect(sequential.stoppedBy).toBeUndefined();
    sequential.epochEnded(16);
    expect(sequential.stoppedBy).toBe("time");
    const unawaited = evidence(["undecided"], "once", ["found"]).sequential;
    unawaited.epochEnded(16);
    expect(unawaited.stoppedBy).toBe("time");
  });

  it("is judged at any time where that is what its intervals are for", () => {
    const { sequential } = evidence(["agrees", "differs"], "always");
    sequential.epochEnded(3);
    expect(sequential.at(3)[0].verdict).toBe("agrees");
    expect(sequential.at(4)[0].verdict).toBe("differs");
    expect([sequential.looks, sequential.stoppedBy]).toEqual([0, undefined]);
  });
});
