import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Gate, readToken } from "../../live/http/access.js";
import { UserError } from "../../model/errors.js";
import { freePort } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";
import { needs } from "../support/programs.js";

const live = new LiveProcesses();
const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
const TOKEN = "0123456789abcdef0123456789abcdef";
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, `${TOKEN}\n`);

afterEach(() => live.end());
afterAll(() => rmSync(folder, { recursive: true }));

/** How a dispatcher answers to the wish for a WebSocket: 101 if it grants it. */
async function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url.replace("http", "ws"), { headers });
  socket.on("error", () => undefined);
  const status = await Promise.race([
    once(socket, "open").then(() => 101),
    once(socket, "unexpected-response").then(([, response]) => response.statusCode as number),
  ]);
  socket.terminate();
  return status;
}

/** The status of a GET with that Host header, which fetch does not allow to set. */
function statusWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

describe("a token", () => {
  it("comes from a file or the environment, and is not shown when it is no good", () => {
    expect(readToken(tokenFile)).toBe(TOKEN);
    for (const bad of ["short", "with blanks in the middle"]) {
      const file = join(folder, "bad");
      writeFileSync(file, bad);
      expect(() => readToken(file)).toThrow(UserError);
      expect(() => readToken(file)).not.toThrow(bad);
    }
    expect(() => readToken(join(folder, "none"))).toThrow("cannot be read");
  });

  it("is needed where others than this machine can connect", () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.1", "example.org"])
      expect(() => new Gate(host, undefined, () => 0)).toThrow("a token is needed");
    for (const host of ["127.0.0.1", "::1", "localhost"])
      expect(() => new Gate(host, undefined, () => 0)).not.toThrow();
  });

  it("allows so many tries at once and per second, and no more", () => {
    let now = 0;
    const gate = new Gate("0.0.0.0", TOKEN, () => now);
    const wrong = { headers: { authorization: "Bearer guess" } } as Parameters<Gate["objection"]>[0];
    const tries = (count: number): number[] => Array.from({ length: count }, () => gate.objection(wrong)?.status ?? 0);
    expect(new Set(tries(2000))).toEqual(new Set([401]));
    expect(new Set(tries(10))).toEqual(new Set([429]));
    now = 1;
    expect(tries(501).filter((status) => status === 429).length).toBe(1);
  });
});

describe("a dispatcher", () => {
  it("that others can reach does not start without a token, and says why", async () => {
    const { exitCode, stderr } = await live.start("dispatcher/main.js", ["--port", "0", "--host", "0.0.0.0"]).ended;
    expect(stderr).toMatch(/dispatcher: --host 0\.0\.0\.0: .* a token is needed: set EQUIPOISE_TOKEN or --token-file/);
    expect(exitCode).toBe(2);
  });

  it("lets those with the token in, and no others, and never writes it", async () => {
    const flags = ["--set", "servers=1", "--token-file", tokenFile];
    const dispatcher = live.start("dispatcher/main.js", ["--port", "0", "--host", "0.0.0.0", ...flags]);
    const url = `http://127.0.0.1:${/port (\d+)/.exec(await dispatcher.says(/listening on port \d+/))?.[1]}`;
    for (const authorization of ["", "Bearer ", "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN}0`])
      expect(await upgradeStatus(url, { authorization }), authorization).toBe(401);
    expect(await upgradeStatus(url, { authorization: `Bearer ${TOKEN}` })).toBe(101);
    expect((await fetch(`${url}/api/join/server-node?servers=1`, { method: "POST" })).status).toBe(401);
    const stranger = live.serverNode(url);
    await stranger.says(/refused: 401 the token is missing or wrong/);
    const node = live.serverNode(url, "--token-file", tokenFile, "--join");
    const said = async (): Promise<{ servers: { connected: number }; offences: number }> =>
      (await fetch(`${url}/api/state`)).json() as never;
    while ((await said()).servers.connected === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await said()).offences).toBeGreaterThanOrEqual(6);
    await live.end();
    for (const { ended } of [dispatcher, node, stranger]) expect((await ended).stderr).not.toContain(TOKEN);
  });

  it("that `equipoise up` starts has the token of its --token-file, and so have the processes started with it", async () => {
    const port = await freePort();
    const flags = ["--set", "servers=2", "--port", String(port), "--token-file", tokenFile];
    const up = live.start("cli/main.js", ["up", ...flags]);
    await up.says(/warming up/);
    await live.serverNode(`http://127.0.0.1:${port}`).says(/refused: 401 the token is missing or wrong/);
    up.process.kill("SIGINT");
    const { exitCode, stderr } = await up.ended;
    expect(exitCode).toBe(130);
    expect(stderr).not.toContain(TOKEN);
    const none = await live.start("cli/main.js", ["up", "--port", "0", "--token-file", "/no/such/token"]).ended;
    expect(none.stderr).toMatch(/equipoise: \/no\/such\/token cannot be read: ENOENT/);
    expect(none.exitCode).toBe(2);
  });

  it("lets no page of another site in, by whatever name it calls this machine", async () => {
    const url = await live.dispatcher("--set", "servers=1");
    const { host, port } = new URL(url);
    expect(await upgradeStatus(url, { origin: `http://${host}` })).toBe(101);
    expect(await upgradeStatus(url, { origin: "http://evil.example" })).toBe(403);
    expect(await upgradeStatus(url, { origin: "null" })).toBe(403);
    expect(await upgradeStatus(url, { host: `evil.example:${port}` })).toBe(403);
    expect((await fetch(`${url}/api/state`, { headers: { origin: "http://evil.example" } })).status).toBe(403);
    expect(await statusWithHost(`${url}/api/state`, `evil.example:${port}`)).toBe(403);
    expect(await statusWithHost(`${url}/api/state`, `localhost:${port}`)).toBe(200);
  });

  it("sends every answer with headers that keep it from being anything else", async () => {
    const url = await live.dispatcher("--set", "servers=1");
    for (const path of ["/", "/healthz", "/readyz", "/metrics", "/api/state", "/nowhere"]) {
      const { headers } = await fetch(url + path);
      expect(headers.get("content-security-policy"), path).toMatch(/^default-src 'none'/);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("x-frame-options"), path).toBe("DENY");
      expect(headers.get("access-control-allow-origin"), path).toBeNull();
      expect(headers.get("x-powered-by"), path).toBeNull();
    }
  });

  it("speaks TLS by a certificate", needs("openssl"), async () => {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", ["req", "-x509", ...curve, "-days", "1", ...subject, "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    const url = await live.dispatcher("--set", "servers=1", "--tls-cert", cert, "--tls-key", key);
    const secure = url.replace("http", "https");
    const untrusting = live.serverNode(secure);
    await untrusting.says(/self-signed certificate/);
    process.env.NODE_EXTRA_CA_CERTS = cert;
    try {
      const trusting = live.serverNode(secure, "--name", "trusting");
      const generator = live.loadGenerator(secure, "--arrival-rate", "1", "--jobs", "3", "--output", "json");
      const { stdout } = await generator.ended;
      expect(JSON.parse(stdout).jobs.sent).toBe(3);
      expect(trusting.process.exitCode).toBeNull();
    } finally {
      delete process.env.NODE_EXTRA_CA_CERTS;
    }
    // Whoever connects and never shakes hands is cut off, though it does not close its end.
    const silent = createConnection({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
    silent.on("error", () => undefined).resume();
    await once(silent, "end");
    silent.destroy();
    expect((await fetch(`${secure}/healthz`).catch(({ cause }: { cause: Error }) => cause.message)) as string).toMatch(
      /self-signed/,
    );
  });

  it("survives requests that are none, and ends those that never come to an end", async () => {
    const url = await live.dispatcher("--set", "servers=1");
    const { port } = new URL(url);
    const nonsense = [
      "GET / HTTP/9.9\r\n\r\n",
      "\0\0\0\0",
      `GET /${"a".repeat(20_000)} HTTP/1.1\r\n\r\n`,
      `GET / HTTP/1.1\r\nhost: a\r\n${"x: y\r\n".repeat(5000)}\r\n`,
      "GET /%ff%fe HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
      "POST /api/join/%00?servers=NaN HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 99999999\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 1\r\n\r\n",
    ];
    for (const text of nonsense) {
      const socket = createConnection(Number(port), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(text);
      const [answer] = await Promise.race([once(socket, "data"), once(socket, "close")]);
      if (Buffer.isBuffer(answer)) expect(answer.toString()).toMatch(/^HTTP\/1\.1 [245]/);
      socket.destroy();
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
