import { once } from "node:events";
import { request } from "node:http";
import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { PROTOCOL_VERSION } from "../../live/wire/messages.js";
import { type RandomStream, randomStream, uniformIndex } from "../../model/random.js";

/** Readers that ask for everything as fast as they are answered, and readers that never read what they asked for. */
const EAGER_READERS = 16;
const SLOW_READERS = 48;
/** Connections at once that say what no peer may say. */
const LIARS = 8;
const PAUSE_MILLISECONDS = 100;
/** Another address than that of the system's own processes: all of 127.0.0.0/8 is this machine. */
const localAddress = "127.0.0.2";

const session = { process: "hostile", number: 1, dispatcher: null, received: 0 };
const hello = { protocol: PROTOCOL_VERSION, name: "hostile", session };
/** What is said: each ends the connection, or is too much for a stranger. */
const LIES: readonly ((random: RandomStream) => string | Buffer)[] = [
  () => "hello?",
  (random) => Buffer.from(Array.from({ length: 200 }, () => uniformIndex(random, 256))),
  () => `{"type":"hello","role":"server-node","finished":[${"null,".repeat(300_000)}null]}`,
  () => JSON.stringify({ ...hello, type: "hello", role: "server-node", servers: [], finished: [] }),
  () => JSON.stringify({ ...hello, type: "hello", role: "load-generator", origin: -1e308 }),
  () => JSON.stringify({ type: "beat", received: 1e308 }).repeat(1000),
  () => "\u001b[2J".repeat(10_000),
];

/**
 * A storm of readers and a peer that breaks the protocol in every way, until the process is killed: an argument says at which
 * port of this machine.
 */
function torment(port: number): void {
  const random = randomStream("hostile peers", "soak");
  for (let i = 0; i < EAGER_READERS; i++) void forEver(() => read(port, ["/metrics", "/api/state", "/"][i % 3]));
  for (let i = 0; i < SLOW_READERS; i++) void forEver(() => neverRead(port, i % 2 === 0));
  for (let i = 0; i < LIARS; i++) void forEver(() => lie(port, LIES[uniformIndex(random, LIES.length)](random)));
}

/** Does it again and again, whatever becomes of it. */
async function forEver(act: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await act().catch(() => undefined);
    await sleep(PAUSE_MILLISECONDS);
  }
}

async function read(port: number, path: string): Promise<void> {
  const asked = request({ host: "127.0.0.1", port, path, localAddress }).end();
  const [answer] = await once(asked, "response");
  answer.resume();
  await once(answer, "close");
}

/** Asks for a stream of events, or half a question, and reads nothing until the other end has had enough. */
async function neverRead(port: number, whole: boolean): Promise<void> {
  const socket: Socket = createConnection({ port, host: "127.0.0.1", localAddress, allowHalfOpen: true });
  socket.pause();
  socket.write(`GET /api/events HTTP/1.1\r\nhost: 127.0.0.1${whole ? "\r\n\r\n" : ""}`);
  await Promise.race([once(socket, "close"), sleep(60_000)]);
  socket.destroy();
}

async function lie(port: number, what: string | Buffer): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { localAddress });
  await once(socket, "open");
  socket.send(what);
  await Promise.race([once(socket, "close"), sleep(10_000)]);
  socket.terminate();
}

torment(Number(process.argv[2]));
