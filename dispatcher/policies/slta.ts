import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import { type RandomStream, uniformIndex } from "../../model/random.js";
import { ABOVE, AT, afterJob, afterMove, type Standing, standingOf } from "../../model/standing.js";
import type { Utility } from "../../model/utility-functions.js";
import type { Fleet, FleetIndex } from "../fleet.js";
import { Standings } from "../standings.js";
import { NO_SERVER, type Policy, type PolicyFactory, type PolicyInformation } from "./policy.js";

export interface SltaOptions {
  /** Utility of each class of servers, in the order of the classes. */
  readonly utilities: readonly Utility[];
  /** beta_n > 0: with at least n beta_n green tokens, r may go down. */
  beta(servers: number): number;
}

/**
 * Self-Learning Threshold Assignment. Servers below the threshold of their class have a green token; servers of the class
 * that is to fill next have a yellow one if they are not above it. Tasks go to green tokens, then to yellow ones, then
 * anywhere; too many green tokens, or none at all, move the thresholds, one of them by one.
 *
 * The dispatcher keeps two bits of a server, where it stands to its threshold, and learns them from the server's messages.
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), section 3.2.
 */
export function slta(options: SltaOptions): PolicyFactory {
  return (fleet, random) => {
    const policy = new Slta(options, fleet, random);
    fleet.keep(policy);
    return policy;
  };
}

class Slta implements Policy, FleetIndex, PolicyInformation {
  readonly name = "slta";
  readonly information: PolicyInformation = this;
  readonly bitsPerServer = 2;
  messages = 0;
  private readonly standings = new Standings();
  private readonly ranking: CoordinateRanking;
  /** l_i(r), by class. */
  private readonly thresholds: number[];
  /** r_n. */
  private rank = 1;
  /** By how much r is to change once the task that was just routed is on its way to its server. */
  private step: -1 | 0 | 1 = 0;

  constructor(
    private readonly options: SltaOptions,
    private readonly fleet: Fleet,
    private readonly random: RandomStream,
  ) {
    this.ranking = new CoordinateRanking(options.utilities);
    this.thresholds = options.utilities.map(() => 0);
    for (const serverClass of this.thresholds.keys()) fleet.giveThreshold(serverClass, 0);
  }

  get learned(): number {
    return this.rank;
  }

  choose(): number {
    const { standings, random, ranking, rank } = this;
    const { members } = this.fleet;
    const green = standings.below;
    const lastGreen = rank > 1 ? standings.belowOf(ranking.classAt(rank - 1)) : 0;
    const yellowClass = ranking.classAt(rank);
    const yellow = standings.notAboveOf(yellowClass);
    if (green >= members.size * this.options.beta(members.size) && lastGreen > 0) this.step = -1;
    else this.step = green === 0 && yellow <= 1 ? 1 : 0;
    if (green > lastGreen) {
      return standings.belowExcept(ranking.classAt(rank - 1), uniformIndex(random, green - lastGreen));
    }
    if (lastGreen > 0) return standings.at(ranking.classAt(rank - 1), uniformIndex(random, lastGreen));
    if (yellow > 0) return standings.at(yellowClass, uniformIndex(random, yellow));
    return members.size === 0 ? NO_SERVER : members.at(uniformIndex(random, members.size));
  }

  reported(server: number, standing: Standing, threshold: number, sentSince: boolean): void {
    this.messages++;
    const serverClass = this.fleet.serverClass(server);
    const moved = afterMove(standing, threshold, this.thresholds[serverClass]);
    this.standings.set(serverClass, server, sentSince ? afterJob(moved) : moved);
  }

  added(server: number, queueLength: number): void {
    const serverClass = this.fleet.serverClass(server);
    this.messages++;
    this.standings.add(serverClass, server, standingOf(queueLength, this.thresholds[serverClass]));
  }

  removed(server: number): void {
    this.standings.remove(this.fleet.serverClass(server), server);
  }

  rose(server: number): void {
    const serverClass = this.fleet.serverClass(server);
    if (this.standings.standing(serverClass, server) === AT) this.standings.set(serverClass, server, ABOVE);
  }

  /** The server itself says if it has come to the threshold or below. */
  fell(): void {}

  /** The learning scheme: r moves by one, and with it one threshold. */
  dispatched(): void {
    if (this.step === 0) return;
    const up = this.step === 1;
    this.step = 0;
    if (!up) this.rank--;
    const serverClass = this.ranking.classAt(this.rank);
    if (up) this.rank++;
    this.thresholds[serverClass] += up ? 1 : -1;
    // Upward nobody has to move: whoever was at the threshold has been sent the task.
    if (!up) this.standings.lower(serverClass, this.thresholds[serverClass]);
    this.messages += this.standings.size(serverClass);
    this.fleet.giveThreshold(serverClass, this.thresholds[serverClass]);
  }
}
