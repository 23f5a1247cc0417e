import { resultOf } from '../../bench/measure';
import { asMarkdown, asText, figure, isMet, type Report } from '../../bench/report';

const aResult = (product: number, server: number, aim: number | undefined) =>
  resultOf(
    { id: 'list-1', title: 'list, page 1', beside: 'FETCH', aim },
    { product: [product], server: [server] },
  );

const aReport = (change: Partial<Report> = {}): Report => ({
  machine: { cores: 2, node: '20.1.0', dovecot: '2.3.19' },
  seconds: 61,
  sizes: [{ messages: 100_000, results: [aResult(12, 4, 4), aResult(50, 4, 10)] }],
  memory: { bootMs: 900, afterBoot: 120, agents: 50, withAgents: 170, perAgent: 1 },
  weight: {
    files: [{ url: '/assets/app.js', bytes: 30_000, status: 200 }],
    fileBytes: 30_000,
    pages: [{ url: '/login', bytes: 4_000, br: 1_000 }],
    requests: 2,
  },
  ...change,
});

describe('the report', () => {
  it('says of each aim whether it was met', () => {
    expect(isMet(aResult(16, 4, 4))).toBe(true);
    expect(isMet(aResult(17, 4, 4))).toBe(false);
    expect(isMet(aResult(900, 1, undefined))).toBe(true);

    expect(asText(aReport())).toMatch(/4x met.*10x missed/s);
  });

  it('calls a visit too heavy by its bytes or by its requests', () => {
    const weight = aReport().weight;
    if (!weight) throw new Error('no weight');

    expect(asText(aReport())).toContain('12 requests: met');
    expect(asText(aReport({ weight: { ...weight, fileBytes: 100_001 } }))).toContain('missed)');
    expect(asText(aReport({ weight: { ...weight, requests: 13 } }))).toContain('requests: missed)');
  });

  it('writes a table that Markdown understands, one line a measure', () => {
    const lines = asMarkdown(aReport()).split('\n');
    const table = lines.filter((line) => line.startsWith('|'));

    expect(table).toHaveLength(4);
    expect(new Set(table.map((line) => line.split('|').length)).size).toBe(1);
  });

  it('leaves out what was not measured', () => {
    expect(asText(aReport({ memory: undefined, weight: undefined }))).not.toMatch(/Memory|Sign-in/);
  });

  it('keeps three figures', () => {
    expect([0.1234, 12.34, 123.4, Number.NaN].map(figure)).toEqual(['0.12', '12.3', '123', '–']);
  });
});
