/** Units of a chart, stretched over its place: 100 high, 10 for each day. */
const HEIGHT = 100;
const STEP = 10;
const BAR = 8;

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly highest: number;
  readonly bars: readonly Bar[];
  /** Days whose figure is withheld. */
  readonly withheld: readonly Bar[];
}

/** Bars of some days; `undefined` is a day whose figure is not told. */
export function chartOf(values: readonly (number | undefined)[]): Chart {
  const highest = Math.max(1, ...values.map((value) => value ?? 0));
  const at = (index: number) => ({ x: index * STEP + (STEP - BAR) / 2, width: BAR });
  const bars: Bar[] = [];
  const withheld: Bar[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) withheld.push({ ...at(index), y: HEIGHT - 4, height: 4 });
    else if (value > 0) {
      const height = Math.max(1, Math.round((value / highest) * HEIGHT * 10) / 10);
      bars.push({ ...at(index), y: HEIGHT - height, height });
    }
  }
  return { width: values.length * STEP, height: HEIGHT, highest, bars, withheld };
}
