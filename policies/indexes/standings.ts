import { grown } from "../../model/grown.js";
import { PrefixSums } from "../../model/prefix-sums.js";
import { ABOVE, AT, BELOW, type Standing } from "../../model/standing.js";

/** The servers of one class: first those below its threshold, then those at it, then those above. */
interface Line {
  readonly order: number[];
  /** The number of servers below. */
  below: number;
  /** The number of servers not above. */
  notAbove: number;
}

/**
 * The standing of each server relative to the threshold of its class: two bits per server, represented by its position in a
 * list per class, so that choosing or moving a server, or changing the threshold of a class, takes O(log classes) for any
 * number of servers.
 */
export class Standings {
  private readonly lines: Line[] = [];
  /** Position of each server in the list of its class. */
  private positions = new Int32Array(16);
  /** The number of servers below, by class. */
  private readonly belowByClass = new PrefixSums();

  /** The number of servers of any class below their threshold. */
  get below(): number {
    return this.belowByClass.total;
  }

  size(serverClass: number): number {
    return this.line(serverClass).order.length;
  }

  belowOf(serverClass: number): number {
    return this.line(serverClass).below;
  }

  notAboveOf(serverClass: number): number {
    return this.line(serverClass).notAbove;
  }

  /** A server of the class that is below, for 0 <= index < belowOf, or not above, for 0 <= index < notAboveOf. */
  at(serverClass: number, index: number): number {
    return this.line(serverClass).order[index];
  }

  /** A server of another class that is below, 0 <= index < below - belowOf(serverClass). */
  belowExcept(serverClass: number, index: number): number {
    const before = this.belowByClass.before(serverClass);
    const shifted = index < before ? index : index + this.line(serverClass).below;
    const found = this.belowByClass.find(shifted);
    return this.lines[found].order[shifted - this.belowByClass.before(found)];
  }

  standing(serverClass: number, server: number): Standing {
    const { below, notAbove } = this.line(serverClass);
    const position = this.positions[server];
    return position < below ? BELOW : position < notAbove ? AT : ABOVE;
  }

  add(serverClass: number, server: number, standing: Standing): void {
    const { order } = this.line(serverClass);
    while (server >= this.positions.length) this.positions = grown(this.positions, new Int32Array(2 * server));
    this.positions[server] = order.length;
    order.push(server);
    this.set(serverClass, server, standing);
  }

  remove(serverClass: number, server: number): void {
    this.set(serverClass, server, ABOVE);
    const line = this.line(serverClass);
    this.exchange(line, server, line.order.length - 1);
    line.order.pop();
  }

  /** Sets the standing of a server of this class. */
  set(serverClass: number, server: number, standing: Standing): void {
    const line = this.line(serverClass);
    let current: number = this.standing(serverClass, server);
    for (; current > standing; current--) {
      this.exchange(line, server, current === ABOVE ? line.notAbove++ : line.below);
      if (current === AT) this.changeBelow(serverClass, 1);
    }
    for (; current < standing; current++) {
      if (current === BELOW) this.changeBelow(serverClass, -1);
      this.exchange(line, server, current === BELOW ? line.below : --line.notAbove);
    }
  }

  /** The threshold of the class decreases by one: servers at it are now above, and if it is now 0, those below are now at it. */
  lower(serverClass: number, threshold: number): void {
    const line = this.line(serverClass);
    line.notAbove = line.below;
    if (threshold === 0) this.changeBelow(serverClass, -line.below);
  }

  private changeBelow(serverClass: number, by: number): void {
    this.lines[serverClass].below += by;
    this.belowByClass.add(serverClass, by);
  }

  private line(serverClass: number): Line {
    while (this.lines.length <= serverClass) this.lines.push({ order: [], below: 0, notAbove: 0 });
    return this.lines[serverClass];
  }

  private exchange({ order }: Line, server: number, position: number): void {
    const other = order[position];
    order[this.positions[server]] = other;
    this.positions[other] = this.positions[server];
    order[position] = server;
    this.positions[server] = position;
  }
}
