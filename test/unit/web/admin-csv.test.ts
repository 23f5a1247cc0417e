import { csv } from '../../../src/web/routes/admin/csv';

const lines = (text: string): string[] => text.slice(1).split('\r\n');

describe('the file for spreadsheets', () => {
  it('begins with a mark of its encoding and quotes every field', () => {
    const text = csv(['a', 'b'], [['1', 'say "yes", please\n']]);

    expect(text.startsWith('\uFEFF')).toBe(true);
    expect(text.slice(1)).toBe('"a","b"\r\n"1","say ""yes"", please\n"\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =cmd|calc', '\u00a0=1'])(
    'makes text of the formula %j',
    (hostile) => {
      expect(lines(csv(['x'], [[hostile]]))[1]?.startsWith('"\'')).toBe(true);
    },
  );

  it('leaves ordinary words as they are', () => {
    expect(lines(csv(['x'], [['config:changed']]))[1]).toBe('"config:changed"');
  });
});
