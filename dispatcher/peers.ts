import { Channel, type ChannelOwner, type Transport } from "../live/channel.js";
import type { Clock } from "../live/clock.js";
import { type RecordHandlers, readFrame } from "../live/frame-reader.js";
import { fromLoadGenerator, fromServerNode, hello, readMessage } from "../live/messages.js";
import { PeerError } from "../model/errors.js";
import type { GeneratorConnection } from "./generator-roster.js";
import type { NodeConnection } from "./node-roster.js";
import type { Switchboard } from "./switchboard.js";

/** How long a new connection may take to say who it is. */
const HELLO_SECONDS = 5;

/** Attends to a new connection: waits for its hello, then treats it as the server node or load generator that it is. */
export function attend(
  transport: Transport,
  switchboard: Switchboard,
  clock: Clock,
  log: (message: string) => void,
): void {
  let peer: ChannelOwner | undefined;
  const channel: Channel = new Channel(transport, {
    receiveFrame(frame) {
      if (peer === undefined) throw new PeerError("sent a binary frame before its hello");
      peer.receiveFrame(frame);
    },
    receiveText(text) {
      if (peer !== undefined) {
        peer.receiveText(text);
        return;
      }
      const message = readMessage(hello, text);
      peer =
        message.role === "server-node"
          ? serverNodePeer(switchboard.nodeJoined(message, channel), switchboard, channel, log)
          : loadGeneratorPeer(switchboard.generatorJoined(message, channel), switchboard, channel, log);
      impatience();
    },
    closed(reason, offence) {
      impatience();
      if (offence) switchboard.offences++;
      if (peer === undefined) log(`a connection was closed before it was accepted: ${reason}`);
      else peer.closed(reason, offence);
    },
  });
  const impatience = clock.after(HELLO_SECONDS, () => channel.reject(`sent no hello within ${HELLO_SECONDS} s`));
}

function serverNodePeer(
  node: NodeConnection,
  switchboard: Switchboard,
  channel: Channel,
  log: (message: string) => void,
): ChannelOwner {
  const handlers: RecordHandlers = {
    complete: (server, assignment, timeAtServer) => switchboard.completed(node, server, assignment, timeAtServer),
    refuse: (server, assignment) => switchboard.refused(node, server, assignment),
    report: (server, totals, rate) => switchboard.reported(node, server, totals, rate),
    served: (slot, unused) => switchboard.served(node, slot, unused),
    standing: (server, ...report) => switchboard.stood(node, server, ...report),
  };
  return {
    receiveFrame: (frame) => {
      // A connection that another one has taken the place of, or whose node is lost, has nothing more to say.
      if (node.channel !== channel || !node.session.accept(frame)) return;
      if (node.session.owesAcknowledgement()) channel.send({ type: "received", frames: node.session.received });
      switchboard.frameArrived();
      readFrame(frame, handlers);
    },
    receiveText: (text) => {
      if (node.channel === channel) switchboard.fromNode(node, readMessage(fromServerNode, text));
    },
    closed: (reason, offence) => {
      log(`the connection of server node ${node.name} has ended: ${reason}`);
      switchboard.nodeLeft(node, channel, reason, offence);
    },
  };
}

function loadGeneratorPeer(
  generator: GeneratorConnection,
  switchboard: Switchboard,
  channel: Channel,
  log: (message: string) => void,
): ChannelOwner {
  const handlers: RecordHandlers = {
    submit: (job, taskType, work) => switchboard.submitted(generator, job, taskType, work),
    resubmit: (job, taskType, work) => switchboard.resubmitted(generator, job, taskType, work),
  };
  return {
    receiveFrame: (frame) => {
      if (generator.channel !== channel || !generator.session.accept(frame)) return;
      if (generator.session.owesAcknowledgement())
        channel.send({ type: "received", frames: generator.session.received });
      switchboard.frameArrived();
      readFrame(frame, handlers);
      switchboard.backPressure.received(frame.length);
    },
    receiveText: (text) => {
      if (generator.channel === channel) switchboard.fromGenerator(generator, readMessage(fromLoadGenerator, text));
    },
    closed: (reason, offence) => {
      log(`the connection of load generator ${generator.name} has ended: ${reason}`);
      switchboard.generatorLeft(generator, channel, reason, offence);
    },
  };
}
