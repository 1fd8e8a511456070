import { type Running, start } from "./equipoise.js";

/** Processes of a live system started one by one, as a user would by hand; all ended together. */
export class LiveProcesses {
  private readonly running: Running[] = [];

  /** Starts a dispatcher on any free port and returns where it listens. */
  async dispatcher(...flags: string[]): Promise<string> {
    const dispatcher = this.start("dispatcher/main.js", ["--port", "0", ...flags]);
    const said = await dispatcher.says(/listening on port \d+/);
    return `http://127.0.0.1:${/listening on port (\d+)/.exec(said)?.[1]}`;
  }

  serverNode(dispatcherUrl: string, ...flags: string[]): Running {
    return this.start("server-node/main.js", ["--dispatcher", dispatcherUrl.replace("http", "ws"), ...flags]);
  }

  loadGenerator(dispatcherUrl: string, ...flags: string[]): Running {
    return this.start("load-generator/main.js", ["--dispatcher", dispatcherUrl.replace("http", "ws"), ...flags]);
  }

  /** Ends all of them, last started first. */
  async end(): Promise<void> {
    for (const { process, ended } of this.running.splice(0).reverse()) {
      process.kill("SIGTERM");
      await ended;
    }
  }

  /** Starts one of the built programs. */
  start(program: string, flags: readonly string[]): Running {
    const running = start(program, flags);
    this.running.push(running);
    return running;
  }
}
