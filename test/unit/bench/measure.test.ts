import { type Measure, run } from '../../bench/measure';

const aMeasure = (calls: string[], change: Partial<Measure> = {}): Measure => ({
  id: 'list',
  title: 'list',
  beside: 'FETCH',
  rounds: 3,
  warmUp: 2,
  aim: 4,
  product: (round) => {
    calls.push(`product ${round}`);
    return Promise.resolve(round < 2 ? 1_000 : 12);
  },
  server: (round) => {
    calls.push(`server ${round}`);
    return Promise.resolve(round < 2 ? 1_000 : 3);
  },
  ...change,
});

describe('a measure', () => {
  it('takes product and server in turn, so that noise hits both', async () => {
    const calls: string[] = [];

    await run(aMeasure(calls, { warmUp: 1, rounds: 2 }), () => 0);

    expect(calls).toEqual([
      'product 0',
      'server 0',
      'product 1',
      'server 1',
      'product 2',
      'server 2',
    ]);
  });

  it('leaves the warm-up out of the figures', async () => {
    const result = await run(aMeasure([]), () => 0);

    expect(result.product).toEqual({ count: 3, p50: 12, p95: 12 });
    expect(result.ratio).toBe(4);
  });

  it('shares the processor time among the rounds that count', async () => {
    const readings = [100, 130];

    const result = await run(aMeasure([]), () => readings.shift() ?? Number.NaN);

    expect(result.cpuMs).toBe(10);
  });

  it('takes back what it left behind, after the processor time was read', async () => {
    const order: string[] = [];
    const cpuMs = (): number => order.push('read');

    await run(aMeasure([], { finish: () => order.push('finish') }), cpuMs);

    expect(order).toEqual(['read', 'read', 'finish']);
  });

  it('fails when either side fails', async () => {
    const measure = aMeasure([], { server: () => Promise.reject(new Error('BYE')) });

    await expect(run(measure, () => 0)).rejects.toThrow('BYE');
  });
});
