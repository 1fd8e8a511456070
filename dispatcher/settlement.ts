import type { Session } from "../live/session.js";

/**
 * Finds out which frames of server nodes are settled: whatever outcomes the dispatcher has learnt from them have reached
 * those who sent the jobs. From then on a node need not remember the jobs, not even for a dispatcher that starts anew.
 *
 * It takes note of what has arrived from all nodes and what was sent to all generators, and waits until these have it.
 */
export class Settlement {
  private settledFrames = new WeakMap<Session, number>();
  private noted: { readonly arrived: Map<Session, number>; readonly toArrive: Map<Session, number> } | undefined;

  /** The last frame of the node that is settled. */
  settled(node: Session): number {
    return this.settledFrames.get(node) ?? 0;
  }

  /** Looks at how far things are. */
  look(nodes: Iterable<Session>, generators: Iterable<Session>): void {
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
