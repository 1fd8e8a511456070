import { CoordinateRanking } from "../model/coordinate-ranking.js";
import { family } from "../model/family.js";
import { type RandomStream, uniformIndex } from "../model/random.js";
import { ABOVE, AT, afterJob, afterMove, type Standing, standingOf } from "../model/standing.js";
import type { Fleet, FleetIndex } from "./indexes/fleet.js";
import { Standings } from "./indexes/standings.js";
import {
  NO_SERVER,
  type Policy,
  type PolicyDefinition,
  type PolicyFactory,
  type PolicyInformation,
  type PoolSetting,
  type Thresholds,
} from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "pools",
  summary: "a pool below the threshold of its class, which is learned online (Self-Learning Threshold Assignment)",
  guide: {
    stable: "always: pools serve all tasks at once",
    theory: "the equilibrium of Goldsztajn, Borst and van Leeuwaarden (2023)",
    use: "as jlmu, with two bits a pool and few messages",
    avoid: "loads change faster than thresholds are learned",
    products: "-",
  },
  family: family("slta", {}, () => slta),
};

/**
 * Self-Learning Threshold Assignment. Servers below the threshold of their class have a green token; servers of the class
 * to be filled next have a yellow one if they are not above it. Tasks go to green tokens, then to yellow ones, then to any
 * server; too many green tokens, or none at all, move one threshold by one.
 *
 * The dispatcher stores two bits per server, its standing relative to the threshold, updated by the server's messages.
 *
 * @param options with beta_n: r may decrease when there are at least n beta_n green tokens
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), section 3.2.
 */
export function slta(options: PoolSetting): PolicyFactory {
  return (fleet, random) => {
    const policy = new Slta(options, fleet, random);
    fleet.keep(policy);
    return policy;
  };
}

class Slta implements Policy, FleetIndex, PolicyInformation {
  readonly name = "slta";
  readonly knows = ["standings", "classes"] as const;
  readonly information: PolicyInformation = this;
  readonly bitsPerServer = 2;
  messages = 0;
  private readonly standings = new Standings();
  private readonly ranking: CoordinateRanking;
  /** l_i(r), by class. */
  private readonly levels: number[];
  /** r_n. */
  private rank: number;
  /** Change of r to be made once the task just routed has been sent. */
  private step: -1 | 0 | 1 = 0;

  constructor(
    private readonly options: PoolSetting,
    private readonly fleet: Fleet,
    private readonly random: RandomStream,
  ) {
    this.ranking = new CoordinateRanking(options.utilities);
    this.levels = options.utilities.map(() => 0);
    this.rank = options.initialRank ?? 1;
    for (let rank = 1; rank < this.rank; rank++) this.levels[this.ranking.classAt(rank)]++;
    for (const [serverClass, level] of this.levels.entries()) fleet.giveThreshold(serverClass, level);
  }

  get learned(): number {
    return this.rank;
  }

  get thresholds(): Thresholds {
    const { standings, ranking, rank } = this;
    return {
      byClass: [...this.levels],
      green: standings.below,
      yellow: standings.notAboveOf(ranking.classAt(rank)),
    };
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
    const moved = afterMove(standing, threshold, this.levels[serverClass]);
    this.standings.set(serverClass, server, sentSince ? afterJob(moved) : moved);
  }

  added(server: number, queueLength: number): void {
    const serverClass = this.fleet.serverClass(server);
    this.messages++;
    this.standings.add(serverClass, server, standingOf(queueLength, this.levels[serverClass]));
  }

  removed(server: number): void {
    this.standings.remove(this.fleet.serverClass(server), server);
  }

  rose(server: number): void {
    const serverClass = this.fleet.serverClass(server);
    if (this.standings.standing(serverClass, server) === AT) this.standings.set(serverClass, server, ABOVE);
  }

  /** Does nothing: the server itself reports when it reaches the threshold or falls below. */
  fell(): void {}

  /** The learning scheme: r moves by one, and with it one threshold. */
  sent(): void {
    if (this.step === 0) return;
    const up = this.step === 1;
    this.step = 0;
    if (!up) this.rank--;
    const serverClass = this.ranking.classAt(this.rank);
    if (up) this.rank++;
    this.levels[serverClass] += up ? 1 : -1;
    // When the threshold rises, no standing changes: the server that was at the threshold has been sent the task.
    if (!up) this.standings.lower(serverClass, this.levels[serverClass]);
    this.messages += this.standings.size(serverClass);
    this.fleet.giveThreshold(serverClass, this.levels[serverClass]);
  }
}
