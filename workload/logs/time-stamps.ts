const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_SECONDS = 86_400;

/**
 * Days since 1 January 1970 in the Gregorian calendar. Years begin in March here, so that the leap day is their last one.
 *
 * @param month 1..12
 * @param day 1..31
 */
function daysSince1970(year: number, month: number, day: number): number {
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const inYear = month > 2 ? year : year - 1;
  const leapDays = Math.floor(inYear / 4) - Math.floor(inYear / 100) + Math.floor(inYear / 400);
  // 153 days in every five months from March on; 1 March of year 0 is 719 468 days before 1970.
  return 365 * inYear + leapDays + Math.floor((153 * fromMarch + 2) / 5) + (day - 1) - 719_468;
}

function secondsOf(year: number, month: number, day: number, clock: string, zone: string | undefined): number {
  const [hours, minutes, seconds] = clock.split(":").map(Number);
  const isPossible = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hours < 24 && minutes < 60 && seconds < 61;
  if (!isPossible) return Number.NaN;
  const time = daysSince1970(year, month, day) * DAY_SECONDS + hours * 3600 + minutes * 60 + seconds;
  return time - zoneSeconds(zone);
}

/** How far a zone, `+0200`, `+02:00` or `Z`, is ahead; 0 if there is none. */
function zoneSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.replace(":", "");
  const seconds = Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3, 5)) * 60;
  return zone[0] === "-" ? -seconds : seconds;
}

/** `06/Feb/2009:12:14:14` or `06/Feb/2009:12:14:14 +0100`. */
const CLF = /^(\d\d?)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d)(?: ([+-]\d{4}))?$/;
/** `2026-11-30T12:14:14Z`, also with a space, without a zone, or with `+01:00`. */
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(Z|[+-]\d\d:?\d\d)?$/;

/** Of a date without a fraction. */
function parseDate(text: string): number {
  const clf = CLF.exec(text);
  if (clf !== null) {
    const [, day, month, year, clock, zone] = clf;
    return secondsOf(Number(year), MONTHS.indexOf(month) + 1, Number(day), clock, zone);
  }
  const iso = ISO.exec(text);
  if (iso === null) return Number.NaN;
  const [, year, month, day, clock, zone] = iso;
  return secondsOf(Number(year), Number(month), Number(day), clock, zone);
}

/** Reads the dates of a log, one after another: neighbours are mostly of the same second, and differ in its fraction only. */
export class DateReader {
  /** The date last read, before its fraction and after it. */
  private before = "";
  private after = "";
  private seconds = Number.NaN;

  /**
   * Seconds since 1970, by the date's own zone, else as if it were of UTC: only differences count. NaN for what is no date. A log may
   * write a date as Apache and HAProxy do, or as ISO 8601 does.
   */
  read(text: string): number {
    const { before, after } = this;
    if (before !== "" && text.startsWith(before) && text.endsWith(after)) {
      const fraction = text.slice(before.length, text.length - after.length);
      if (fraction === "" || fraction[0] === ".") return this.seconds + (fraction === "" ? 0 : Number(fraction));
    }
    return this.readWhole(text);
  }

  private readWhole(text: string): number {
    const [, before, fraction = "", after] = /^([^.,]*)([.,]\d+)?(.*)$/.exec(text) ?? ["", "", "", ""];
    this.before = before;
    this.after = after;
    this.seconds = parseDate(before + after);
    return this.seconds + (fraction === "" ? 0 : Number(fraction.replace(",", ".")));
  }
}
