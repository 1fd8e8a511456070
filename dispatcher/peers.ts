import type { WebSocket } from "ws";
import { Channel, type ChannelOwner } from "../live/channel.js";
import { fromLoadGenerator, fromServerNode, hello, readMessage } from "../live/messages.js";
import { type RecordHandlers, readFrame } from "../live/wire.js";
import { PeerError } from "../model/errors.js";
import type { GeneratorConnection, NodeConnection, Switchboard } from "./switchboard.js";

/** How long a new connection may take to say who it is. */
const HELLO_MILLISECONDS = 5000;

/** Attends to a new connection: waits for its hello, then treats it as the server node or load generator that it is. */
export function attend(socket: WebSocket, switchboard: Switchboard, log: (message: string) => void): void {
  let peer: ChannelOwner | undefined;
  const channel = new Channel(socket, {
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
          ? serverNodePeer(switchboard.nodeJoined(message, channel), switchboard, log)
          : loadGeneratorPeer(switchboard.generatorJoined(message.name, channel), switchboard, log);
      clearTimeout(patience);
    },
    closed(reason) {
      clearTimeout(patience);
      if (peer === undefined) log(`a connection was closed before it was accepted: ${reason}`);
      else peer.closed(reason);
    },
  });
  const patience = setTimeout(
    () => channel.reject(`sent no hello within ${HELLO_MILLISECONDS} ms`),
    HELLO_MILLISECONDS,
  );
}

function serverNodePeer(node: NodeConnection, switchboard: Switchboard, log: (message: string) => void): ChannelOwner {
  const handlers: RecordHandlers = {
    complete: (server, assignment, timeAtServer) => switchboard.completed(node, server, assignment, timeAtServer),
    report: (server, totals, rate) => switchboard.reported(node, server, totals, rate),
    standing: (server, ...report) => switchboard.stood(node, server, ...report),
  };
  return {
    receiveFrame: (frame) => readFrame(frame, handlers),
    receiveText: (text) => switchboard.fromNode(node, readMessage(fromServerNode, text)),
    closed: (reason) => {
      log(`server node ${node.name} left: ${reason}`);
      switchboard.nodeLeft(node, reason);
    },
  };
}

function loadGeneratorPeer(
  generator: GeneratorConnection,
  switchboard: Switchboard,
  log: (message: string) => void,
): ChannelOwner {
  const handlers: RecordHandlers = {
    submit: (job, taskType, work) => switchboard.submitted(generator, job, taskType, work),
  };
  return {
    receiveFrame: (frame) => readFrame(frame, handlers),
    receiveText: (text) => switchboard.fromGenerator(generator, readMessage(fromLoadGenerator, text)),
    closed: (reason) => {
      log(`load generator ${generator.name} left: ${reason}`);
      switchboard.generatorLeft(generator, reason);
    },
  };
}
