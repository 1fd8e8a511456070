import type { Run, Schedule } from "../../experiments/run.js";
import type { Channel } from "../../live/wire/channel.js";
import type { GeneratorSchedule, LoadGeneratorHello } from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import type { RunWatch } from "../observation/run-watch.js";
import type { Peer, PeerSessions } from "./peer-sessions.js";

/** A load generator that is or was connected. */
export interface GeneratorConnection extends Peer {
  /** This dispatcher's number for it. */
  readonly origin: number;
  schedule: GeneratorSchedule | undefined;
  /** Jobs it has sent in this session, and those whose outcome it has been sent. */
  submitted: number;
  ended: number;
}

/** Most disconnected generators whose sessions are kept although all is settled with them; and of all. */
const MOST_SETTLED = 64;
const MOST_ABSENT = 1024;

/** The load generators: a session is kept while its generator is disconnected, so that it eventually learns every outcome. */
export class GeneratorRoster {
  /** By the dispatcher's number for each. */
  private readonly generators: (GeneratorConnection | undefined)[] = [];
  /** The identity of each origin, by which servers and other dispatchers know its jobs. */
  private readonly originIds: number[] = [];
  private readonly numbers = new Map<number, number>();

  constructor(
    private readonly run: Run,
    private readonly watch: RunWatch,
    private readonly sessions: PeerSessions,
    private readonly timeUnitSeconds: number,
  ) {}

  /** Generators that are or were connected. */
  get all(): GeneratorConnection[] {
    return this.generators.filter((generator) => generator !== undefined);
  }

  get present(): GeneratorConnection[] {
    return this.all.filter((generator) => generator.channel !== undefined);
  }

  private get absent(): GeneratorConnection[] {
    return this.all.filter((generator) => generator.channel === undefined);
  }

  /** The generator with this number; undefined if it never connected or is gone for good. */
  at(origin: number): GeneratorConnection | undefined {
    return this.generators[origin];
  }

  originId(origin: number): number {
    return this.originIds[origin];
  }

  /** The dispatcher's number for an origin, which may never have connected. */
  numberOf(originId: number): number {
    const known = this.numbers.get(originId);
    if (known !== undefined) return known;
    const number = this.originIds.push(originId) - 1;
    this.numbers.set(originId, number);
    return number;
  }

  /** Handles a load generator's hello. Throws PeerError if its identity is taken. */
  joined(hello: LoadGeneratorHello, channel: Channel): GeneratorConnection {
    const origin = this.numberOf(hello.origin);
    const known = this.generators[origin];
    const resumed = known !== undefined && this.sessions.resumes(known, hello.session);
    // A session that was started here without the generator learning of it has no jobs.
    const unheard = known?.process === hello.session.process && known.submitted === 0;
    if (known !== undefined && !resumed && !unheard) throw new PeerError(`uses origin ${hello.origin}, which is taken`);
    if (known === undefined && this.absent.length >= MOST_ABSENT)
      throw new PeerError(`is one too many: ${MOST_ABSENT} load generators have left with jobs that are under way`);
    if (unheard) known.channel?.terminate("it has started a new session");
    const generator = (resumed ? known : undefined) ?? {
      ...this.sessions.newPeer(hello.name, hello.session),
      origin,
      schedule: undefined,
      submitted: 0,
      ended: 0,
    };
    this.generators[origin] = generator;
    this.sessions.welcome(generator, channel, resumed, hello.session.received);
    return generator;
  }

  /** A connection has ended. The session is kept, unless the generator broke the protocol. */
  left(generator: GeneratorConnection, channel: Channel, reason: string, offence: boolean): void {
    if (!this.sessions.left(generator, channel)) return;
    if (offence) this.generators[generator.origin] = undefined;
    this.watch.happened("fault", `load generator ${generator.name} left: ${reason}`);
    this.run.fault(`the load generator ${generator.name} left while measuring (${reason}); start again`);
    // One that comes back without its session resends its jobs, which would then be counted twice.
    const settled = this.absent.filter(isSettled);
    if (settled.length > MOST_SETTLED) this.generators[settled[0].origin] = undefined;
  }

  /** Closes the connections of generators whose heartbeats have stopped. */
  tick(): void {
    for (const generator of this.present) {
      if (this.sessions.isSilent(generator)) generator.channel?.terminate("no sign of life");
    }
  }

  /** Sum of the generators' schedule reports. */
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

  /** How a generator's report contradicts the dispatcher's counts; undefined if they agree. */
  imbalance({ name, submitted, ended, session }: GeneratorConnection, said: GeneratorSchedule): string | undefined {
    if (said.sentInSession !== submitted)
      return `${name} sent ${said.sentInSession} jobs, the dispatcher received ${submitted}`;
    // The counts may differ while outcomes are in transit.
    const upToDate = said.received === session.sent && session.isFlushed;
    if (upToDate && said.underWay !== submitted - ended)
      return `${name} counts ${said.underWay} of its jobs in flight, the dispatcher ${submitted - ended}`;
    return undefined;
  }
}

/** Whether it knows the outcomes of all its jobs. */
function isSettled({ submitted, ended, session }: GeneratorConnection): boolean {
  return submitted === ended && session.isFlushed && session.acknowledged === session.sent;
}
