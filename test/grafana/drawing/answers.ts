/** One series of an answer of Prometheus: several samples over time, or one at a moment. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** What Prometheus answers to one query of a panel. */
export interface Answer {
  readonly refId: string;
  readonly legendFormat: string;
  /** Whether it is for a table: one row per series. */
  readonly isTable: boolean;
  readonly series: readonly Series[];
}

/** Something that happened, of one of a dashboard's annotations. */
export interface Mark {
  readonly seconds: number;
  readonly text: string;
  readonly colour: string;
}

/** All that a dashboard is drawn from. */
export interface Answers {
  readonly from: number;
  readonly to: number;
  /** By the number of the panel. */
  readonly panels: Readonly<Record<number, readonly Answer[]>>;
  readonly marks: readonly Mark[];
}

/** What came of a panel: the names of its lines or values, or of its columns, as Grafana shows them. */
export interface DrawnPanel {
  readonly title: string;
  readonly type: string;
  readonly shown: readonly string[];
  /** Settings of its fields that Grafana does not know, and would leave out in silence. */
  readonly unknownSettings: readonly string[];
}
