import { Histogram, type Registry } from 'prom-client';

/** Fine buckets from 10 µs up, each 1.3 times wider: percentiles are right within 15 %. */
const FIRST_MS = 0.01;
const RATIO = 1.3;
const COUNT = 56; // the last one begins at about 18 s
const LOG_RATIO = Math.log(RATIO);
/** Halved at this count, so that percentiles speak of the last thousands of calls. */
const FORGET_AT = 4_096;

/** Durations of one kind of call; adding one costs some ten nanoseconds. */
export interface Durations {
  add(ms: number): void;
  /** Milliseconds; 0 before the first call. */
  percentile(share: number): number;
  /** Calls in each of the metric's buckets, not cumulated; the last one is the rest. */
  readonly coarse: readonly number[];
}

export function createDurations(boundsMs: readonly number[]): Durations {
  const fine = new Uint32Array(COUNT);
  const coarse: number[] = Array.from({ length: boundsMs.length + 1 }, () => 0);
  let count = 0;

  function forget(): void {
    count = 0;
    for (let index = 0; index < COUNT; index++) {
      const half = (fine[index] ?? 0) >> 1;
      fine[index] = half;
      count += half;
    }
  }

  return {
    coarse,
    add(ms) {
      const index = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / LOG_RATIO);
      const at = Math.min(index, COUNT - 1);
      fine[at] = (fine[at] ?? 0) + 1;
      if (++count >= FORGET_AT) forget();
      let bucket = 0;
      while (bucket < boundsMs.length && ms > (boundsMs[bucket] ?? 0)) bucket += 1;
      coarse[bucket] = (coarse[bucket] ?? 0) + 1;
    },
    percentile(share) {
      if (count === 0) return 0;
      let left = Math.max(1, Math.ceil(share * count));
      const index = fine.findIndex((calls) => {
        left -= calls;
        return left <= 0;
      });
      // The middle of the bucket, as its bounds go: the upper one would be wrong by up to 30 %.
      return FIRST_MS * RATIO ** Math.max(0, index - 0.5);
    },
  };
}

export interface DurationSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly durations: Durations;
  readonly totalMs: number;
}

/**
 * The metric of durations kept by us: the library's own costs some four microseconds a call, which is
 * more than the rest of it.
 */
export class DurationMetric extends Histogram {
  readonly #boundsMs: readonly number[];
  readonly #read: () => readonly DurationSeries[];

  constructor(options: {
    readonly name: string;
    readonly help: string;
    readonly labels: readonly string[];
    readonly boundsMs: readonly number[];
    readonly registry: Registry;
    readonly read: () => readonly DurationSeries[];
  }) {
    const { name, help, labels, boundsMs, registry, read } = options;
    const buckets = boundsMs.map((ms) => ms / 1_000);
    super({ name, help, labelNames: [...labels], buckets, registers: [registry] });
    this.#boundsMs = boundsMs;
    this.#read = read;
  }

  /** What the registry asks for when it writes text. */
  async getForPromString(): Promise<object> {
    return this.#state();
  }

  override async get(): ReturnType<Histogram['get']> {
    return { ...(await super.get()), values: this.#values() };
  }

  #state(): object {
    const { name, help } = this as unknown as { readonly name: string; readonly help: string };
    return { name, help, type: 'histogram', values: this.#values() };
  }

  #values() {
    const { name } = this as unknown as { readonly name: string };
    return this.#read().flatMap(({ labels, durations, totalMs }) => {
      let sum = 0;
      const buckets = durations.coarse.map((calls, index) => {
        sum += calls;
        const bound = this.#boundsMs[index];
        const le = bound === undefined ? '+Inf' : bound / 1_000;
        return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: sum };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: totalMs / 1_000 },
        { metricName: `${name}_count`, labels, value: sum },
      ];
    });
  }
}
