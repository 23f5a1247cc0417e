import { isWanted, parseOptions } from '../../bench/options';
import { parseSchedstat, parseStatusMb } from '../../bench/proc';
import { percentile, summarise } from '../../bench/stats';

describe('options of the bench', () => {
  it('measures everything unless told', () => {
    const options = parseOptions([]);

    expect(options).toMatchObject({ quick: false, json: false, write: false, only: [] });
    expect(isWanted(options, 'open-plain')).toBe(true);
  });

  it('takes beginnings of names with --only', () => {
    const options = parseOptions(['--quick', '--only', 'list,open-plain']);

    expect(options.quick).toBe(true);
    expect(['list-1', 'open-plain', 'open-heavy'].map((id) => isWanted(options, id))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('refuses what it does not know', () => {
    expect(() => parseOptions(['--fast'])).toThrow(/--fast/);
  });
});

describe('summaries', () => {
  it('takes the nearest rank, whatever the order', () => {
    const values = [9, 1, 8, 2, 7, 3, 6, 4, 5, 10];

    expect(percentile(values, 50)).toBe(5);
    expect(percentile(values, 95)).toBe(10);
    expect(values[0]).toBe(9);
  });

  it('says nothing of nothing', () => {
    expect(summarise([])).toEqual({ count: 0, p50: Number.NaN, p95: Number.NaN });
  });

  it('does not let one slow answer change the median', () => {
    expect(summarise([2, 2, 2, 2, 900]).p50).toBe(2);
  });
});

describe('figures of a process', () => {
  it('reads nanoseconds on a core', () => {
    expect(parseSchedstat('12500000 55292 1\n')).toBe(12.5);
  });

  it('reads resident memory and not the peak', () => {
    const status = 'Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n';

    expect(parseStatusMb(status, 'VmRSS')).toBe(100);
    expect(parseStatusMb(status, 'VmHWM')).toBe(200);
    expect(parseStatusMb('Name:\tnode\n', 'VmRSS')).toBe(0);
  });
});
