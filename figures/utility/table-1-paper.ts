/** One row of Table 1 of Goldsztajn, Borst and van Leeuwaarden (2023): utilities averaged over one time window, to four digits. */
export interface PaperRow {
  readonly pools: number;
  /** u* of the time average of the tasks per pool in the same window. */
  readonly optimum: number;
  readonly jlmu: number;
  readonly slta: number;
}

const row = (pools: number, optimum: number, jlmu: number, slta: number): PaperRow => ({ pools, optimum, jlmu, slta });

/** By the offered load rho per pool. */
export const TABLE_1: ReadonlyMap<number, readonly PaperRow[]> = new Map([
  [
    9.75,
    [
      row(50, 9.1752, 9.1652, 9.1649),
      row(100, 9.1746, 9.1699, 9.1698),
      row(150, 9.1738, 9.1706, 9.1705),
      row(200, 9.1743, 9.1723, 9.1723),
      row(250, 9.1735, 9.172, 9.172),
      row(300, 9.1738, 9.1727, 9.1726),
      row(350, 9.1742, 9.1734, 9.1734),
      row(400, 9.1734, 9.1728, 9.1728),
      row(450, 9.1737, 9.1732, 9.1731),
      row(500, 9.1726, 9.1721, 9.1721),
    ],
  ],
  [
    10,
    [
      row(50, 9.1594, 9.1433, 9.1439),
      row(100, 9.1627, 9.1499, 9.1498),
      row(150, 9.1633, 9.1534, 9.1534),
      row(200, 9.1634, 9.1556, 9.1555),
      row(250, 9.1639, 9.1572, 9.1572),
      row(300, 9.1613, 9.1548, 9.1547),
      row(350, 9.1619, 9.1563, 9.1562),
      row(400, 9.1632, 9.1578, 9.1578),
      row(450, 9.163, 9.1576, 9.1576),
      row(500, 9.1632, 9.1583, 9.1583),
    ],
  ],
]);
