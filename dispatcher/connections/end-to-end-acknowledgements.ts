import type { Session } from "../../live/wire/session.js";

/**
 * Determines which frames of server nodes are settled: the outcomes reported in them have reached the senders of the jobs.
 * After that, a node need not remember these jobs, even for a restarted dispatcher.
 *
 * It records which frames have arrived from all nodes and which were sent to all generators, and waits until the generators
 * have acknowledged theirs.
 */
export class EndToEndAcknowledgements {
  private settledFrames = new WeakMap<Session, number>();
  private noted: { readonly arrived: Map<Session, number>; readonly toArrive: Map<Session, number> } | undefined;

  /** The last settled frame of the node. */
  settled(node: Session): number {
    return this.settledFrames.get(node) ?? 0;
  }

  /** Checks progress. */
  update(nodes: Iterable<Session>, generators: Iterable<Session>): void {
    if (this.noted !== undefined) {
      for (const [generator, frame] of this.noted.toArrive) if (generator.acknowledged < frame) return;
      for (const [node, frame] of this.noted.arrived) this.settledFrames.set(node, frame);
    }
    const toArrive = new Map<Session, number>();
    for (const generator of generators) {
      generator.flush();
      toArrive.set(generator, generator.sent);
    }
    this.noted = { arrived: new Map([...nodes].map((node) => [node, node.received])), toArrive };
  }
}
