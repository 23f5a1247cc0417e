/** Times of one side of a measure, in milliseconds. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** Nearest-rank percentile; NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export const summarise = (values: readonly number[]): Summary => ({
  count: values.length,
  p50: percentile(values, 50),
  p95: percentile(values, 95),
});
