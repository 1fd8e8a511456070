import type { Channel } from "../live/channel.js";
import type { GeneratorSchedule, LoadGeneratorHello } from "../live/messages.js";
import { PeerError } from "../model/errors.js";
import type { Run, Schedule } from "../scenarios/run.js";
import type { Peer, Reception } from "./reception.js";
import type { RunWatch } from "./run-watch.js";

/** A load generator that is or was here. */
export interface GeneratorConnection extends Peer {
  /** This dispatcher's number of it. */
  readonly origin: number;
  schedule: GeneratorSchedule | undefined;
  /** Jobs it has sent in this session, and those of them of which it was told how they ended. */
  submitted: number;
  ended: number;
}

/** Generators that are away and whose sessions are kept. */
const MOST_ABSENT = 64;

/** The load generators: a session is kept while its generator is away, so that it hears of every job in the end. */
export class GeneratorRoster {
  /** By the dispatcher's number of each. */
  private readonly generators: (GeneratorConnection | undefined)[] = [];
  /** The identity of each origin, by which its jobs are known to servers, and to other dispatchers. */
  private readonly originIds: number[] = [];
  private readonly numbers = new Map<number, number>();

  constructor(
    private readonly run: Run,
    private readonly watch: RunWatch,
    private readonly reception: Reception,
    private readonly timeUnitSeconds: number,
  ) {}

  /** Those that are or were here. */
  get all(): GeneratorConnection[] {
    return this.generators.filter((generator) => generator !== undefined);
  }

  get present(): GeneratorConnection[] {
    return this.all.filter((generator) => generator.channel !== undefined);
  }

  /** The generator of that number; undefined if it was never here, or is gone for good. */
  at(origin: number): GeneratorConnection | undefined {
    return this.generators[origin];
  }

  originId(origin: number): number {
    return this.originIds[origin];
  }

  /** The dispatcher's number of an origin, which may never have been here. */
  numberOf(originId: number): number {
    const known = this.numbers.get(originId);
    if (known !== undefined) return known;
    const number = this.originIds.push(originId) - 1;
    this.numbers.set(originId, number);
    return number;
  }

  /** A load generator says hello. Throws PeerError if it cannot be who it says. */
  joined(hello: LoadGeneratorHello, channel: Channel): GeneratorConnection {
    const origin = this.numberOf(hello.origin);
    const known = this.generators[origin];
    const resumed = known !== undefined && this.reception.resumes(known, hello.session);
    // A session that was begun here without the generator hearing of it has no jobs.
    const unheard = known?.process === hello.session.process && known.submitted === 0;
    if (known !== undefined && !resumed && !unheard)
      throw new PeerError(`has the origin ${hello.origin}, which is taken`);
    if (unheard) known.channel?.terminate("it has begun a new session");
    const generator = (resumed ? known : undefined) ?? {
      ...this.reception.newPeer(hello.name, hello.session),
      origin,
      schedule: undefined,
      submitted: 0,
      ended: 0,
    };
    this.generators[origin] = generator;
    this.reception.welcome(generator, channel, resumed, hello.session.received);
    return generator;
  }

  /** A connection has ended. The session is kept, unless the generator broke the protocol. */
  left(generator: GeneratorConnection, channel: Channel, reason: string, offence: boolean): void {
    if (!this.reception.left(generator, channel)) return;
    if (offence) this.generators[generator.origin] = undefined;
    this.watch.happened("fault", `load generator ${generator.name} left: ${reason}`);
    this.run.fault(`the load generator ${generator.name} left while measuring (${reason}); start again`);
    const absent = this.all.filter((other) => other.channel === undefined);
    if (absent.length > MOST_ABSENT) this.generators[absent[0].origin] = undefined;
  }

  /** Ends the connections of those that give no sign of life. */
  tick(): void {
    for (const generator of this.present) {
      if (this.reception.isSilent(generator)) generator.channel?.terminate("no sign of life");
    }
  }

  /** What all generators sent since they started. */
  schedule(): Schedule {
    let sent = 0;
    let lagSeconds = 0;
    let heldUp = 0;
    for (const { schedule } of this.all) {
      sent += schedule?.sent ?? 0;
      lagSeconds += schedule?.lagTotalSeconds ?? 0;
      heldUp += schedule?.heldUp ?? 0;
    }
    return { sent, lag: lagSeconds / this.timeUnitSeconds, heldUp };
  }

  /** Why what a generator says does not agree with what the dispatcher knows; undefined if it does. */
  imbalance({ name, submitted, ended, session }: GeneratorConnection, said: GeneratorSchedule): string | undefined {
    if (said.sentInSession !== submitted)
      return `${name} sent ${said.sentInSession} jobs, the dispatcher received ${submitted}`;
    // While news is on its way the two may differ.
    const upToDate = said.received === session.sent && session.isFlushed;
    if (upToDate && said.underWay !== submitted - ended)
      return `${name} has ${said.underWay} jobs under way, the dispatcher ${submitted - ended} of it`;
    return undefined;
  }
}
