import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { fieldsOf } from "../../../workload/logs/columns.js";
import { LOG_FORMATS, parserFor } from "../../../workload/logs/index.js";
import { emptyEntry, type LogEntry, type LogForm } from "../../../workload/logs/log-entry.js";
import { decimal } from "../../../workload/logs/pattern.js";
import { DateReader } from "../../../workload/logs/time-stamps.js";
import { logLines, logWriters } from "../../support/logged-fleet.js";

/** The first entry that a parser of this format makes of these lines; undefined if the last of them is none. */
function entryOf(format: string, lines: readonly string[], form: LogForm = {}): LogEntry | undefined {
  const entry = emptyEntry();
  const parser = parserFor(format, lines, form);
  return lines.map((line) => parser.read(line, entry)).at(-1) ? entry : undefined;
}

const CLF = '192.0.2.7 - - [06/Feb/2009:12:14:14 +0100] "GET / HTTP/1.1" 200 2750 "-" "curl"';

describe("the format", () => {
  it("of nginx is read as its log_format says, with the arrival before the end", () => {
    const entry = entryOf("nginx", [`${CLF} 0.250 10.0.0.1:80 0.200 1233918854.750`]);
    expect(entry?.arrival).toBeCloseTo(1233918854.5, 6);
    expect(entry?.response).toBe(0.25);
    expect(entry?.received).toBeCloseTo(1233918854.55, 6);
    expect(entry).toMatchObject({ returned: 1233918854.75, server: "10.0.0.1:80", bytes: 2750, tick: 0.001 });
  });

  it("of nginx takes the last server of a request that was tried at several", () => {
    const entry = entryOf("nginx", [
      `${CLF} 0.250 10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 0.010, - : 0.200 1233918854.750`,
    ]);
    expect(entry?.server).toBe("10.0.0.3:80");
    expect(entry?.received).toBeCloseTo(1233918854.55, 6);
  });

  it("of nginx says of a request without a server that nobody served it", () => {
    expect(entryOf("nginx", [`${CLF} 0.000 - - 1233918854.750`])).toMatchObject({ server: "", response: 0 });
  });

  it("of nginx is read without its additions, with stamps of whole seconds", () => {
    const entry = entryOf("nginx", [CLF]);
    expect(entry).toMatchObject({ arrival: 1233918854, tick: 1, server: "" });
    expect(entry?.response).toBeNaN();
  });

  it("of nginx is read by a pattern of the user's own", () => {
    const pattern = "$time_iso8601 rt=$request_time up=$upstream_addr urt=$upstream_response_time $msec";
    const entry = entryOf("nginx", ["2009-02-06T12:14:14+01:00 rt=0.5 up=unix:/run/a.sock urt=0.25 1233918854.5"], {
      pattern,
    });
    expect(entry).toMatchObject({ arrival: 1233918854, server: "unix:/run/a.sock", received: 1233918854.25 });
  });

  it("of HAProxy is read from httplog, with what each stage took", () => {
    const line =
      "Feb  6 12:14:14 localhost haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/20/30/69/139 200 2750 - - ---- " +
      '1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"';
    const entry = entryOf("haproxy", [line]);
    expect(entry?.arrival).toBeCloseTo(1233922454.665, 6);
    expect(entry?.response).toBeCloseTo(0.129, 9);
    expect(entry?.received).toBeCloseTo(1233922454.715, 6);
    expect(entry?.returned).toBeCloseTo(1233922454.784, 6);
    expect(entry).toMatchObject({ server: "srv1", bytes: 2750, tick: 0.001 });
  });

  it.each(["<NOSRV> 0/-1/-1/-1/3 503 212", "s1 0/5000/-1/-1/5000 504 212"])(
    "of HAProxy says of %s that nobody served it",
    (end) => {
      expect(entryOf("haproxy", [`[06/Feb/2009:12:14:14.655] in nodes/${end}`])?.server).toBe("");
    },
  );

  it("of HAProxy passes over what it puts in quotes", () => {
    const pattern = "%ci:%cp [%tr] %{+Q}r %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B";
    const line = '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] "GET /a b HTTP/1.1" static/srv1 0/0/0/69/69 200 2750';
    expect(entryOf("haproxy", [line], { pattern })?.server).toBe("srv1");
  });

  it("of Envoy is read from its default", () => {
    const line =
      '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0" "locations" "10.0.0.9:80"';
    const entry = entryOf("envoy", [line]);
    expect(entry?.arrival).toBeCloseTo(1460751420.31, 6);
    expect(entry?.returned).toBeCloseTo(1460751420.41, 6);
    expect(entry?.response).toBeCloseTo(0.226, 9);
    expect(entry).toMatchObject({ server: "10.0.0.9:80", bytes: 0 });
  });

  it("of JSON has columns by name, in their units, and objects within objects", () => {
    const line = '{"ts": "2016-04-15T20:17:00.310Z", "took": {"ms": 250}, "host": "a"}';
    const entry = entryOf("json", [line], { columns: "end=ts,response=took.ms:ms,server=host" });
    expect(entry?.arrival).toBeCloseTo(1460751420.06, 6);
    expect(entry).toMatchObject({ response: 0.25, server: "a" });
  });

  it("of CSV has columns by its first line, also in quotes, and a trace is one", () => {
    const lines = ["time;size;server", '1.5;0.25;"a ""b"""'];
    expect(entryOf("csv", lines)).toMatchObject({ arrival: 1.5, size: 0.25, server: 'a "b"' });
    expect(fieldsOf('"a,b", c ,""', ",")).toEqual(["a,b", "c", ""]);
  });

  it.each([
    ["nginx", `${CLF.replace('" 200', '" 503')} 0.001 10.0.0.1:80 0.001 1233918854.750`],
    ["haproxy", "[06/Feb/2009:12:14:14.655] in nodes/s1 0/0/0/1/1 503 212"],
    ["envoy", '[2016-04-15T20:17:00.310Z] "GET / HTTP/2" 503 - 154 0 1 1 "-" "-" "-" "-" "10.0.0.9:80"'],
    ["json", '{"arrival": 1, "response": 0.001, "server": "a", "status": 503}'],
    ["csv", "arrival,response,server,status\n1,0.001,a,503"],
  ])("%s says of a request that a server refused that none served it", (format, lines) => {
    expect(entryOf(format, lines.split("\n"))).toMatchObject({ server: "" });
  });

  it.each(LOG_FORMATS)("%s is named to whoever takes it for another", (format) => {
    const jobs = [{ arrival: 1, returned: 2, server: 3, size: 1 }];
    const lines = logLines(format as keyof typeof logWriters, jobs);
    const other = format === "haproxy" ? "envoy" : "haproxy";
    expect(() => parserFor(other, lines, {})).toThrow(`they are of format ${format}`);
  });

  it.each([
    ["nginx", { columns: "server=a" }, "columns are of json and csv"],
    ["json", { pattern: "$msec" }, "json has columns instead"],
    ["json", { columns: "srv=a" }, '"srv=a" is not one; write ROLE=NAME'],
    ["json", { columns: "end=ts:days" }, '"end=ts:days" is not one'],
    ["nginx", { pattern: "$msec$request_time" }, "nothing stands between $msec and $request_time"],
  ])("%s refuses the form %j", (format, form, message) => {
    expect(() => parserFor(format, [""], form)).toThrow(UserError);
    expect(() => parserFor(format, [""], form)).toThrow(message);
  });

  it("makes an entry that makes sense of any line, or none", () => {
    const valid = Object.values(logWriters).map((write) => write({ arrival: 1, returned: 1.5, server: 0, size: 0.5 }));
    const line = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc
        .tuple(fc.constantFrom(...valid), fc.nat(300), fc.nat(40), fc.string({ maxLength: 20 }))
        .map(([text, at, length, inserted]) => text.slice(0, at) + inserted + text.slice(at + length)),
    );
    const parsers = LOG_FORMATS.map((format) =>
      parserFor(format, logLines(format as "csv", [{ arrival: 1, returned: 2, server: 3, size: 1 }]), {}),
    );
    const entry = emptyEntry();
    fc.assert(
      fc.property(line, fc.constantFrom(...parsers), (text, parser) => {
        if (!parser.read(text, entry)) return true;
        return Number.isFinite(entry.arrival) && !(entry.response < 0) && !(entry.received > entry.returned);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("a number of a log", () => {
  it("is what Number makes of it", () => {
    const written = fc.oneof(
      fc.stringMatching(/^\d{0,12}\.?\d{0,12}$/),
      fc.string({ maxLength: 6 }),
      fc.constantFrom("", ".", "..", "-1", "+5", "1e3", " 7 ", "0x1f"),
    );
    fc.assert(
      fc.property(written, (text) => Object.is(decimal(text), Number(text))),
      { numRuns: 5000 },
    );
  });
});

describe("a date", () => {
  it("is what the calendar says, in every year and zone", () => {
    const reader = new DateReader();
    const time = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2199, 11) });
    fc.assert(
      fc.property(time, fc.integer({ min: -12, max: 14 }), (milliseconds, zone) => {
        const local = new Date(milliseconds + zone * 3_600_000).toISOString();
        const sign = zone < 0 ? "-" : "+";
        const written = `${local.slice(0, -1)}${sign}${String(Math.abs(zone)).padStart(2, "0")}:00`;
        expect(reader.read(written)).toBeCloseTo(milliseconds / 1000, 3);
        expect(reader.read(new Date(milliseconds).toISOString())).toBeCloseTo(milliseconds / 1000, 3);
      }),
    );
  });

  it.each([
    "",
    "x",
    "32/Jan/2026:00:00:00 +0000",
    "01/Foo/2026:00:00:00 +0000",
    "2026-13-01T00:00:00Z",
    "2026-01-01T25:00:00Z",
  ])("is not %s", (text) => {
    expect(new DateReader().read(text)).toBeNaN();
  });
});
