import type { Clock } from "../../live/clock.js";
import { Channel, type ChannelOwner, type Transport } from "../../live/wire/channel.js";
import { type RecordHandlers, readFrame } from "../../live/wire/frame-reader.js";
import { HelloReader } from "../../live/wire/hello-parts.js";
import {
  type DispatcherHello,
  fromDispatcher,
  fromLoadGenerator,
  fromServerNode,
  type Hello,
  readMessage,
} from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import type { DispatcherRoster } from "./dispatcher-roster.js";
import type { GeneratorConnection } from "./generator-roster.js";
import type { NodeConnection } from "./node-roster.js";
import type { Switchboard } from "./switchboard.js";

/** How long a new connection may take to send its hello. */
const HELLO_SECONDS = 5;

/** Handles a new connection: waits for its hello, then treats it as a server node or a load generator. */
export function attend(
  transport: Transport,
  switchboard: Switchboard,
  clock: Clock,
  log: (message: string) => void,
): void {
  let peer: ChannelOwner | undefined;
  const reader = new HelloReader();
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
      const message = reader.read(text);
      channel.recognised();
      if (message === undefined) return;
      peer = peerOf(message, switchboard, channel, log);
      cancelTimeout();
    },
    closed(reason, offence) {
      cancelTimeout();
      if (offence) switchboard.offences++;
      if (peer === undefined) log(`a connection was closed before it was accepted: ${reason}`);
      else peer.closed(reason, offence);
    },
  });
  const cancelTimeout = clock.after(HELLO_SECONDS, () => channel.reject(`sent no hello within ${HELLO_SECONDS} s`));
}

function peerOf(
  message: Hello,
  switchboard: Switchboard,
  channel: Channel,
  log: (message: string) => void,
): ChannelOwner {
  switch (message.role) {
    case "server-node":
      return serverNodePeer(switchboard.nodeJoined(message, channel), switchboard, channel, log);
    case "load-generator":
      return loadGeneratorPeer(switchboard.generatorJoined(message, channel), switchboard, channel, log);
    case "dispatcher":
      return dispatcherPeer(message, switchboard.others, channel, log);
  }
}

function dispatcherPeer(
  hello: DispatcherHello,
  others: DispatcherRoster | undefined,
  channel: Channel,
  log: (message: string) => void,
): ChannelOwner {
  if (others === undefined) throw new PeerError("is a dispatcher, but this one does not measure others");
  const dispatcher = others.joined(hello, channel);
  return {
    receiveFrame: () => {
      throw new PeerError("sent a binary frame, but dispatchers send none to each other");
    },
    receiveText: (text) => {
      if (dispatcher.channel === channel) others.received(dispatcher, readMessage(fromDispatcher, text));
    },
    closed: (reason) => {
      log(`the connection of ${dispatcher.name} has ended: ${reason}`);
      others.left(dispatcher, channel, reason);
    },
  };
}

function serverNodePeer(
  node: NodeConnection,
  switchboard: Switchboard,
  channel: Channel,
  log: (message: string) => void,
): ChannelOwner {
  const { serverRecords: records } = switchboard;
  const handlers: RecordHandlers = {
    complete: (server, assignment, timeAtServer) => records.completed(node, server, assignment, timeAtServer),
    abandoned: (server, assignment, timeAtServer) => records.abandoned(node, server, assignment, timeAtServer),
    refuse: (server, assignment) => records.refused(node, server, assignment),
    report: (server, totals, rate, completed) => records.reported(node, server, totals, rate, completed),
    full: (server, assignment) => records.turnedAway(node, server, assignment),
    queue: (server, ...news) => records.toldQueue(node, server, ...news),
    token: (server, ...news) => records.toldToken(node, server, ...news),
    answer: (server, jobs, latency) => records.answered(node, server, jobs, latency),
    served: (slot, unused) => switchboard.served(node, slot, unused),
    standing: (server, ...report) => records.stood(node, server, ...report),
  };
  return {
    receiveFrame: (frame) => {
      // Ignore a connection that has been replaced, or whose node is lost.
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
