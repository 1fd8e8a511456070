import { expect, it } from "vitest";
import { GeneratorRoster } from "../../../dispatcher/connections/generator-roster.js";
import { PeerSessions } from "../../../dispatcher/connections/peer-sessions.js";
import { RunWatch } from "../../../dispatcher/observation/run-watch.js";
import type { Run } from "../../../experiments/run.js";
import type { Channel } from "../../../live/wire/channel.js";
import { PROTOCOL_VERSION } from "../../../live/wire/messages.js";
import { VirtualProcess, VirtualTime } from "../../../simulator/faults/virtual-process.js";

const { clock } = new VirtualProcess(new VirtualTime(), 0.05);

function roster() {
  const sessions = new PeerSessions({ clock, identity: "d", leaseSeconds: 6 });
  const run = { fault: () => undefined } as unknown as Run;
  const generators = new GeneratorRoster(run, new RunWatch(() => 0), sessions, 0.05);
  const come = (origin: number) => {
    const channel = {
      send: () => undefined,
      sendFrame: () => undefined,
      terminate: () => undefined,
    } as unknown as Channel;
    const session = { process: `p${origin}`, number: 1, dispatcher: null, received: 0 };
    const name = { type: "hello", role: "load-generator", protocol: PROTOCOL_VERSION, name: "g" } as const;
    return { generator: generators.joined({ ...name, origin, session }, channel), channel };
  };
  const comeAndGo = (origin: number, jobs: number): void => {
    const { generator, channel } = come(origin);
    generator.submitted += jobs;
    generators.left(generator, channel, "gone", false);
  };
  return { generators, come, comeAndGo };
}

it("a load generator that left with jobs under way is remembered, however many come and go after it", () => {
  const { generators, comeAndGo } = roster();
  comeAndGo(0, 1);
  for (let origin = 1; origin < 500; origin++) comeAndGo(origin, 0);
  expect(generators.all.map(({ origin }) => origin)).toContain(0);
  expect(generators.all.length).toBeLessThan(70);
});

it("no more than so many are remembered: then new ones are refused", () => {
  const { comeAndGo, come } = roster();
  for (let origin = 0; origin < 1024; origin++) comeAndGo(origin, 1);
  expect(() => come(5000)).toThrow("is one too many: 1024 load generators have left with jobs that are under way");
});
