/** A moment: a value per column; null where there is none. */
export type Row = Readonly<Record<string, number | null>>;

/** A history as sent over the wire. */
export interface HistoryState {
  readonly times: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  readonly rowsPerPoint: number;
}

/** Most points kept: about as many as a chart has pixels. */
const MOST_POINTS = 360;

interface Sum {
  total: number;
  count: number;
}

/**
 * The history of a run in bounded memory, as columns over time. Each point is the mean of the same number of rows; when there
 * are too many points, neighbouring pairs are merged. The page continues the dispatcher's history from where it connected.
 */
export class History {
  private times: number[];
  private columns: Map<string, (number | null)[]>;
  private rowsPerPoint: number;
  /** Rows gathered for the next point. */
  private pendingRows = 0;
  private pendingTime = 0;
  private pending = new Map<string, Sum>();

  constructor(state?: HistoryState) {
    this.times = [...(state?.times ?? [])];
    this.columns = new Map(Object.entries(state?.columns ?? {}).map(([name, values]) => [name, [...values]]));
    this.rowsPerPoint = state?.rowsPerPoint ?? 1;
  }

  /** Adds a row. Times must not decrease. */
  add(time: number, row: Row): void {
    this.pendingRows++;
    this.pendingTime += time;
    for (const [name, value] of Object.entries(row)) {
      if (value === null) continue;
      const sum = this.pending.get(name) ?? { total: 0, count: 0 };
      sum.total += value;
      sum.count++;
      this.pending.set(name, sum);
    }
    if (this.pendingRows < this.rowsPerPoint) return;
    this.closePoint();
    if (this.times.length >= MOST_POINTS) this.thin();
  }

  /** The times of the points. */
  get pointTimes(): readonly number[] {
    return this.times;
  }

  /** The values of a column, one per point; all null for an unknown column. */
  column(name: string): readonly (number | null)[] {
    return this.columns.get(name) ?? this.times.map(() => null);
  }

  /** The names of the columns with this prefix, in order of appearance. */
  columnsUnder(prefix: string): string[] {
    return [...this.columns.keys()].filter((name) => name.startsWith(prefix));
  }

  state(): HistoryState {
    return { times: this.times, columns: Object.fromEntries(this.columns), rowsPerPoint: this.rowsPerPoint };
  }

  private closePoint(): void {
    for (const name of this.pending.keys()) {
      if (!this.columns.has(name))
        this.columns.set(
          name,
          this.times.map(() => null),
        );
    }
    this.times.push(this.pendingTime / this.pendingRows);
    for (const [name, values] of this.columns) {
      const sum = this.pending.get(name);
      values.push(sum === undefined ? null : sum.total / sum.count);
    }
    this.pendingRows = 0;
    this.pendingTime = 0;
    this.pending = new Map();
  }

  private thin(): void {
    this.times = pairMeans(this.times) as number[];
    for (const [name, values] of this.columns) this.columns.set(name, pairMeans(values));
    this.rowsPerPoint *= 2;
  }
}

/** The mean of each pair of neighbours; where one is null, the other. */
function pairMeans(values: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: Math.floor(values.length / 2) }, (_, i) => {
    const [first, second] = [values[2 * i], values[2 * i + 1]];
    return first === null || second === null ? (first ?? second) : (first + second) / 2;
  });
}
