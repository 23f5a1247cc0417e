import { delay } from '../../src/base/async';
import { type Summary, summarise } from './stats';

/** Something done by the product and, beside it, by the mail server alone. */
export interface Measure {
  readonly id: string;
  readonly title: string;
  /** What the mail server is asked for beside it. */
  readonly beside: string;
  readonly rounds: number;
  /** Rounds before those that count; 3 unless told. */
  readonly warmUp?: number;
  /** Most that the median may be of the server's own. */
  readonly aim?: number;
  /** What comes before in a browser, once: not measured. */
  prepare?(): Promise<unknown>;
  /** Both get the number of the round, warm-up included, and return milliseconds. */
  product(round: number): Promise<number>;
  server(round: number): Promise<number>;
  /** Takes back what the measure left behind. */
  finish?(): void;
}

export interface Result {
  readonly id: string;
  readonly title: string;
  readonly beside: string;
  readonly product: Summary;
  readonly server: Summary;
  /** Median of the product through that of the server. */
  readonly ratio: number;
  /** CPU time of the product's process for one round, what it does afterwards included. */
  readonly cpuMs: number;
  readonly aim: number | undefined;
}

/** The product prefetches 250 ms after an answer: that belongs to the measure that caused it. */
const AFTERWARDS_MS = 350;

/**
 * Runs a measure, the product and the server in turn, so that what else the machine does hits
 * both alike.
 */
export async function run(measure: Measure, cpuMs: () => number): Promise<Result> {
  const { id, title, beside, rounds, warmUp = 3, aim } = measure;
  await measure.prepare?.();
  for (let round = 0; round < warmUp; round++) {
    await measure.product(round);
    await measure.server(round);
  }
  await delay(AFTERWARDS_MS);
  const times = { product: [] as number[], server: [] as number[] };
  const before = cpuMs();
  for (let round = warmUp; round < warmUp + rounds; round++) {
    times.product.push(await measure.product(round));
    times.server.push(await measure.server(round));
  }
  await delay(AFTERWARDS_MS);
  const cpu = (cpuMs() - before) / rounds;
  measure.finish?.();
  return { ...resultOf({ id, title, beside, aim }, times), cpuMs: cpu };
}

/** A result from times taken elsewhere, CPU unknown. */
export function resultOf(
  about: Pick<Result, 'id' | 'title' | 'beside' | 'aim'>,
  times: { readonly product: readonly number[]; readonly server: readonly number[] },
): Result {
  const product = summarise(times.product);
  const server = summarise(times.server);
  return { ...about, product, server, ratio: product.p50 / server.p50, cpuMs: Number.NaN };
}
