import type { SystemModel } from "../../experiments/scenario.js";
import type { Clock } from "../../live/clock.js";
import type { Changes } from "../../live/wire/messages.js";
import { messageOf, PeerError } from "../../model/errors.js";
import { policyNamed } from "../../policies/index.js";
import { policyFor } from "../../policies/once-per-slot.js";
import type { PolicyFactory } from "../../policies/policy.js";
import type { Dispatcher } from "../core/dispatcher.js";
import type { SharedFleet } from "../core/shared-fleet.js";
import type { DispatcherRoster } from "./dispatcher-roster.js";
import type { NodeRoster } from "./node-roster.js";
import type { ToldNews } from "./told-news.js";

export interface ManualChangesOptions {
  readonly system: SystemModel;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly roster: NodeRoster;
  readonly news: ToldNews;
  /** Of the first of several dispatchers. */
  readonly measured: SharedFleet | undefined;
  readonly others: DispatcherRoster | undefined;
}

/** Makes the changes of a running system that are made by hand, at this dispatcher and, if it is the first of several, at all. */
export class ManualChanges {
  private policy: string | null = null;

  constructor(private readonly options: ManualChangesOptions) {}

  /**
   * Makes what is not yet so.
   *
   * @throws PeerError if there is no such policy
   */
  make(changes: Changes): void {
    const { system, roster, measured, others } = this.options;
    roster.allowFurther(changes.further);
    measured?.allow(system.servers + changes.further);
    roster.rest(new Set(changes.drained));
    if (changes.policy !== this.policy) this.changePolicy(changes.policy);
    others?.change(changes);
  }

  private changePolicy(name: string | null): void {
    const { system, dispatcher, clock, roster, news } = this.options;
    const policy = name === null ? policyFor(system) : known(name);
    const before = dispatcher.news;
    this.policy = name;
    dispatcher.changePolicy(clock.now(), policy);
    if (dispatcher.news !== before) for (const node of roster.nodes) news.ask(node);
  }
}

function known(name: string): PolicyFactory {
  try {
    return policyNamed(name);
  } catch (error) {
    throw new PeerError(`asks for a policy that there is not (${messageOf(error)})`);
  }
}
