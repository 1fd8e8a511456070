import { meanOf } from "../model/statistics/across-runs.js";
import { confidenceInterval } from "../model/statistics/interval.js";
import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import type { Table } from "./figure.js";

/** Of all intervals of one trajectory together. */
const JOINT_CONFIDENCE = 0.99;

/** A trajectory of independent runs, and what it is held against. */
export interface Course {
  readonly name: string;
  readonly times: readonly number[];
  /** By run and time. */
  readonly runs: readonly (readonly number[])[];
  /** By time. */
  readonly predicted: readonly number[];
}

/** How a course of means lies to what is predicted of it, over all times together. */
export interface CourseVerdict {
  /**
   * The greatest distance of the mean over runs from the prediction, when it is, and half the width of the band there: NaN where all runs
   * are the same at all times, as nothing says then how far they might be off.
   */
  readonly distance: number;
  readonly at: number;
  readonly halfWidth: number;
  /** It differs if the band leaves out the prediction at some time; otherwise all that can be said is that it is no further than `within`. */
  readonly verdict: "differs" | "not seen to differ";
  /** The greatest distance that some time's interval still allows; NaN with `halfWidth`. */
  readonly within: number;
}

/** Holds a course against its prediction, with intervals that hold at all times together (Bonferroni). Times of no variance say nothing. */
export function judgeCourse({ times, runs, predicted }: Course): CourseVerdict {
  const confidence = perQuantityConfidence(JOINT_CONFIDENCE, times.length);
  const all = times.map((at, k) => {
    const mean = meanOf(runs.map((run) => run[k]));
    const { low, high } = confidenceInterval(mean, confidence);
    const halfWidth = Number.isFinite(high) ? (high - low) / 2 : Number.NaN;
    return { at, distance: Math.abs(mean.value - predicted[k]), halfWidth };
  });
  const varying = all.filter(({ halfWidth }) => !Number.isNaN(halfWidth));
  const looks = varying.length > 0 ? varying : all;
  const furthest = looks.reduce((most, look) => (look.distance > most.distance ? look : most), looks[0]);
  return {
    ...furthest,
    verdict: looks.some(({ distance, halfWidth }) => distance > halfWidth) ? "differs" : "not seen to differ",
    within: looks.reduce((most, { distance, halfWidth }) => Math.max(most, distance + halfWidth), 0),
  };
}

/** The verdicts on several courses. */
export function courseTable(what: string, courses: readonly Course[]): Table {
  const rows = courses.map((course) => {
    const { distance, at, halfWidth, verdict, within } = judgeCourse(course);
    return [course.name, course.runs.length, distance, at, halfWidth, verdict, within];
  });
  const columns = [
    "what",
    "runs",
    "greatest distance of the mean",
    "at time",
    "± there",
    "verdict",
    "certainly within",
  ];
  return { title: `Means over runs against ${what}, bands of 99 % over all times together`, columns, rows };
}
