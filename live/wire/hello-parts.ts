import { PeerError } from "../../model/errors.js";
import {
  type AnnouncedServer,
  announcement,
  type ClientSession,
  type DispatcherHello,
  type FinishedJob,
  type Hello,
  hello,
  type JobKey,
  type LoadGeneratorHello,
  MOST_ANNOUNCED_JOBS,
  MOST_SERVERS,
  readMessage,
  type ServerNodeHello,
} from "./messages.js";

/** Most bytes of a part, by the most that a server or a job can take, with some room for the rest of the hello. */
const PART_BYTES = 48 * 1024;
const SERVER_BYTES = 640;
const JOB_BYTES = 50;

/** A hello before it is split, without its session, which the link knows. */
export type WholeHello =
  | Omit<ServerNodeHello, "session" | "more">
  | Omit<LoadGeneratorHello, "session">
  | Omit<DispatcherHello, "session">;

interface Part {
  readonly servers: AnnouncedServer[];
  readonly finished: FinishedJob[];
}

/** The messages of a hello: the hello itself and, for a node with many servers or jobs, further announcements. */
export function inParts(whole: WholeHello & { readonly session: ClientSession }): object[] {
  if (!("servers" in whole)) return [whole];
  const parts: Part[] = [{ servers: [], finished: [] }];
  let bytes = 0;
  /** Whether something of this size begins a new part. */
  const begins = (size: number): boolean => {
    bytes += size;
    if (bytes <= PART_BYTES) return false;
    bytes = size;
    parts.push({ servers: [], finished: [] });
    return true;
  };
  const last = (): Part => parts[parts.length - 1];
  for (const server of whole.servers) {
    let holds: JobKey[] = [];
    begins(SERVER_BYTES);
    last().servers.push({ ...server, holds });
    for (const job of server.holds) {
      if (begins(JOB_BYTES)) {
        holds = [];
        bytes += SERVER_BYTES;
        last().servers.push({ ...server, holds });
      }
      holds.push(job);
    }
  }
  for (const job of whole.finished) {
    begins(JOB_BYTES);
    last().finished.push(job);
  }
  if (parts.length === 1) return [whole];
  const [first, ...rest] = parts;
  return [{ ...whole, ...first, more: rest.length }, ...rest.map((part) => ({ type: "announcement", ...part }))];
}

/** Puts the parts of a hello together again. */
export class HelloReader {
  private begun: ServerNodeHello | undefined;
  private missing = 0;
  private jobs = 0;

  /** Reads the next part. Returns the hello once it is whole. Throws PeerError for a malformed part, or too many of anything. */
  read(text: string): Hello | undefined {
    if (this.begun === undefined) {
      const first = readMessage(hello, text);
      if (first.role !== "server-node" || first.more === undefined) return first;
      this.begun = { ...first, servers: [], finished: [] };
      this.missing = first.more;
      this.add(this.begun, first);
      return undefined;
    }
    this.add(this.begun, readMessage(announcement, text));
    this.missing--;
    return this.missing === 0 ? this.begun : undefined;
  }

  private add(begun: ServerNodeHello, { servers, finished }: Part): void {
    for (const server of servers) {
      const before = begun.servers[begun.servers.length - 1];
      if (before?.number === server.number) for (const job of server.holds) before.holds.push(job);
      else begun.servers.push(server);
      this.jobs += server.holds.length;
    }
    for (const job of finished) begun.finished.push(job);
    this.jobs += finished.length;
    if (begun.servers.length > MOST_SERVERS) throw new PeerError(`announces more than ${MOST_SERVERS} servers`);
    if (this.jobs > MOST_ANNOUNCED_JOBS) throw new PeerError(`announces more than ${MOST_ANNOUNCED_JOBS} jobs`);
  }
}
