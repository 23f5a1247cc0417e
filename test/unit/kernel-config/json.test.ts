import { JsonSyntaxError, parseJson } from '../../../src/kernel/config-json';

const fault = (text: string) => {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return `${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  return 'no fault';
};

describe('parseJson', () => {
  it.each([
    '{}',
    '[]',
    '"é\\u00e9\\n\\"\\/"',
    '-0.5e+10',
    ' [1, true, false, null, {"a": {"b": []}}] ',
    '{"": "", "a b": [ ]}',
  ])('reads %s as JSON.parse does', (text) => {
    expect(parseJson(text).value).toEqual(JSON.parse(text));
  });

  it('keeps the line of each value', () => {
    const { lines } = parseJson(
      '{\n  "imap": {\n    "port": 1\n  },\n  "hosts": [\n    "a"\n  ]\n}',
    );

    expect(lines.get('imap.port')).toBe(3);
    expect(lines.get('hosts.0')).toBe(6);
  });

  it('accepts the mark that Windows editors put first', () => {
    expect(parseJson('\uFEFF{"a":1}').value).toEqual({ a: 1 });
  });

  it.each([
    ['', '1:1 expected a value, found the end of the file'],
    ['{\n  "a": 1,\n}', '3:1 comma before "}"'],
    ['{"a" 1}', '1:6 expected ":", found "1"'],
    ['{"a": 1 "b": 2}', '1:9 expected "," or "}", found """'],
    ['{a: 1}', '1:2 expected a key in double quotes, found "a"'],
    ["{'a': 1}", '1:2 expected a key in double quotes, found "\'"'],
    ['{"a": 1, "a": 2}', '1:10 key "a" is given twice'],
    ['{"__proto__": {"x": 1}}', '1:2 key "__proto__" is not allowed'],
    ['{"constructor": 1}', '1:2 key "constructor" is not allowed'],
    ['[1,]', '1:4 comma before "]"'],
    ['{} x', '1:4 text after the end'],
    ['"abc', '1:1 text that is not closed or holds a bad escape'],
    ['"\\x"', '1:1 text that is not closed or holds a bad escape'],
    ['"a\nb"', '1:1 text that is not closed or holds a bad escape'],
    ['// comment\n{}', '1:1 expected a value, found "/"'],
    ['01', '1:2 text after the end'],
    ['NaN', '1:1 expected a value, found "N"'],
  ])('tells where %j is wrong', (text, expected) => {
    expect(fault(text)).toBe(expected);
  });

  it('refuses text nested too deep without exhausting the stack', () => {
    expect(fault('['.repeat(100_000))).toContain('nested too deep');
  });
});
