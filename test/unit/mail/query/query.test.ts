import type { Attribute } from '../../../../src/imap';
import {
  formatQuery,
  NO_FIELDS,
  parsePeriod,
  parseQuery,
  parseSize,
  type Query,
  queryKeys,
  readFields,
  withLabels,
  wordsOf,
  writeQuery,
} from '../../../../src/mail/query';

const today = '2026-11-23';
const parse = (text: string) => parseQuery(text, { today });
const show = (keys: readonly Attribute[]): string =>
  keys
    .map((key) =>
      Array.isArray(key)
        ? `(${show(key as readonly Attribute[])})`
        : 'type' in key && key.type !== 'LITERAL' && key.type !== 'STRING'
          ? key.value
          : `<${'value' in key ? key.value.toString() : ''}>`,
    )
    .join(' ');
const keysOf = (text: string): string => {
  const { query, problems } = parse(text);
  expect(problems).toEqual([]);
  return query ? show(queryKeys(query)) : '';
};

describe('a search as it is typed', () => {
  it.each([
    ['from:martin', 'FROM <martin>'],
    ['de:martin', 'FROM <martin>'],
    ['À:martin', 'OR TO <martin> CC <martin>'],
    ['à:martin', 'OR TO <martin> CC <martin>'],
    ['cc:martin', 'CC <martin>'],
    ['objet:réunion', 'SUBJECT <réunion>'],
    ['subject:"plan de charge"', 'SUBJECT <plan de charge>'],
    ['sujet:« plan de charge »', 'SUBJECT <plan de charge>'],
    ['corps:marché', 'BODY <marché>'],
    ['budget', 'OR SUBJECT <budget> OR FROM <budget> OR TO <budget> OR CC <budget> BODY <budget>'],
    ['is:unread', 'UNSEEN'],
    ['est:non-lu', 'UNSEEN'],
    ['is:flagged is:answered', 'FLAGGED ANSWERED'],
    ['-is:answered', 'NOT ANSWERED'],
    ['subject:a subject:b', 'SUBJECT <a> SUBJECT <b>'],
    ['subject:a OR subject:b', 'OR SUBJECT <a> SUBJECT <b>'],
    ['subject:a OU subject:b OU subject:c', 'OR SUBJECT <a> OR SUBJECT <b> SUBJECT <c>'],
    ['subject:a OR subject:b from:c', 'OR SUBJECT <a> SUBJECT <b> FROM <c>'],
    ['(subject:a from:b) OR subject:c', 'OR (SUBJECT <a> FROM <b>) SUBJECT <c>'],
    ['-(subject:a from:b)', 'NOT (SUBJECT <a> FROM <b>)'],
    ['-(subject:a OR subject:b)', 'NOT OR SUBJECT <a> SUBJECT <b>'],
    ['-subject:"a b"', 'NOT SUBJECT <a b>'],
    ['before:2026-11', 'SENTBEFORE 1-Nov-2026'],
    ['après:2026-11', 'SENTSINCE 1-Nov-2026'],
    ['on:hier', 'SENTSINCE 22-Nov-2026 SENTBEFORE 23-Nov-2026'],
    ['-on:12/03/2026', 'NOT (SENTSINCE 12-Mar-2026 SENTBEFORE 13-Mar-2026)'],
    ['larger:5M', 'LARGER 5242880'],
    ['plus-petit:1,5ko', 'SMALLER 1536'],
    ['label:inconnue', 'NOT ALL'],
  ])('%s is asked as %s', (text, keys) => {
    expect(keysOf(text)).toBe(keys);
  });

  it.each(['Re: budget', 'https://culture.example', 'x:b', 'constructor:x', '__proto__:y'])(
    'takes %s for words',
    (text) => {
      expect(keysOf(text)).toContain(`<${text.split(' ')[0]}>`);
    },
  );

  it('knows where to look, and where not', () => {
    expect(parse('budget in:INBOX dans:"Marchés publics" -in:Archives')).toMatchObject({
      places: ['INBOX', 'Marchés publics'],
      notPlaces: ['Archives'],
      query: { kind: 'text', value: 'budget' },
    });
  });

  it.each([
    ['from:', 'from:', 'empty'],
    ['budget avant:31/02/2026', 'avant:31/02/2026', 'date'],
    ['after:demain', 'after:demain', 'date'],
    ['larger:gros', 'larger:gros', 'size'],
    ['larger:99999G', 'larger:99999G', 'size'],
    ['is:grand', 'is:grand', 'is'],
    ['has:nothing', 'has:nothing', 'has'],
    ['a OR in:INBOX', 'in:INBOX', 'inside'],
    ['in:INBOX OR a', 'in:INBOX', 'inside'],
    ['(in:INBOX a)', 'in:INBOX', 'inside'],
    ['OR a', 'OR', 'alone'],
    ['a OR', 'OR', 'alone'],
    ['a OR OR b', 'OR', 'alone'],
    ['(a', '(', 'open'],
    ['a)', ')', 'open'],
    ['subject:"a', 'subject:"a', 'open'],
    ['('.repeat(12) + 'a' + ')'.repeat(12), '(', 'deep'],
    [Array.from({ length: 60 }, () => 'a').join(' '), 'a', 'many'],
  ])('tells of %s that %s cannot be used', (text, word, reason) => {
    expect(parse(text).problems).toEqual([{ word, reason }]);
    expect(parse(text).query).toBeUndefined();
  });

  it('says that a search is too long', () => {
    expect(parse('a'.repeat(501)).problems).toMatchObject([{ reason: 'long' }]);
  });

  it.each(['', '   ', '()', '- -', '""', '\u0000'])('finds nothing to ask in %j', (text) => {
    expect(parse(text)).toMatchObject({ query: undefined, problems: [] });
  });

  it('keeps hostile words inside one string', () => {
    for (const text of [
      '"a\r\nA1 LOGOUT"',
      'subject:{3}\r\nabc',
      'a"b\\c',
      'label:"x) UNSEEN (y"',
    ]) {
      const { query } = parse(text);
      if (query) expect(show(queryKeys(query))).not.toMatch(/\p{Cc}/u);
    }
  });

  it('asks an index of words for bodies, but never for a phrase', () => {
    const of = (text: string) => {
      const { query } = parse(text);
      return query ? show(queryKeys(query, { isFuzzy: true })) : '';
    };
    expect(of('body:marché')).toBe('FUZZY BODY <marché>');
    expect(of('-body:marché')).toBe('NOT FUZZY BODY <marché>');
    expect(of('body:"marché public"')).toBe('BODY <marché public>');
  });

  it('reads any text within a moment', () => {
    const signs = ['(', ')', '"', '«', '-', ':', ' ', 'OR', 'in:', 'from:', 'é', '\\', '\n'];
    let seed = 7;
    const next = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed;
    };
    const started = Date.now();
    for (let round = 0; round < 3_000; round++) {
      const text = Array.from({ length: next() % 40 }, () => signs[next() % signs.length]).join('');
      const { query, problems } = parse(text);
      if (query) {
        expect(problems).toEqual([]);
        // What is written of it is read as the same search.
        const written = formatQuery(query);
        const again = parse(written).query;
        expect(again && formatQuery(again)).toBe(written);
      }
    }
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('dates and sizes', () => {
  it.each([
    ['2026', '2026-01-01', '2027-01-01'],
    ['2026-11', '2026-11-01', '2026-12-01'],
    ['2026-12', '2026-12-01', '2027-01-01'],
    ['11/2026', '2026-11-01', '2026-12-01'],
    ['2028-02-29', '2028-02-29', '2028-03-01'],
    ['12/03/2026', '2026-03-12', '2026-03-13'],
    ['1.3.2026', '2026-03-01', '2026-03-02'],
    ['hier', '2026-11-22', '2026-11-23'],
    ["aujourd'hui", '2026-11-23', '2026-11-24'],
    ['aujourd’hui', '2026-11-23', '2026-11-24'],
    ['7j', '2026-11-16', '2026-11-17'],
    ['2w', '2026-11-09', '2026-11-10'],
    ['9m', '2026-02-23', '2026-02-24'],
    ['1a', '2025-11-23', '2025-11-24'],
  ])('%s is from %s to %s', (text, from, until) => {
    expect(parsePeriod(text, today)).toEqual({ from, until });
  });

  it('counts months back to their last day', () => {
    expect(parsePeriod('1m', '2026-03-31')).toEqual({ from: '2026-02-28', until: '2026-03-01' });
  });

  it.each([
    '',
    '31/02/2026',
    '2026-13',
    '2027-02-29',
    '0999',
    '9999',
    'constructor',
    '999y9',
    '١٢',
  ])('%j is no date', (text) => {
    expect(parsePeriod(text, today)).toBeUndefined();
  });

  it.each([
    ['5M', 5_242_880],
    ['5mo', 5_242_880],
    ['1,5Mo', 1_572_864],
    ['300k', 307_200],
    ['12', 12],
    ['5T', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

describe('the form that writes a search', () => {
  it('writes every operator, and is filled again by what it wrote', () => {
    const fields = {
      words: 'projet OR plan',
      phrase: 'à valider',
      without: 'note brouillon',
      from: 'Anne Martin',
      to: 'bureau',
      cc: 'chef',
      subject: 'Re: budget',
      body: '-5 %',
      label: 'À faire',
      place: 'Marchés publics',
      state: 'unread' as const,
      flagged: true,
      attachment: true,
      after: '2026-01-01',
      before: '2026-11-01',
      on: '2026-10-05',
      larger: '1M',
      smaller: '20M',
    };
    const text = writeQuery(fields);
    expect(text).toContain('from:"Anne Martin"');
    const parsed = parse(text);
    expect(parsed.problems).toEqual([]);
    expect(readFields(parsed)).toEqual({ ...fields, words: '(projet OR plan)' });
  });

  it('writes nothing for an empty form', () => {
    expect(writeQuery(NO_FIELDS)).toBe('');
    expect(readFields(parse(''))).toEqual(NO_FIELDS);
  });

  it.each([
    'from:a from:b',
    'a OR (b c)',
    '-from:x',
    '-"deux mots"',
    'in:A in:B -in:C x',
    'body:"exact"',
    'is:read is:answered',
  ])('loses nothing of %s', (text) => {
    const before = parse(text);
    const after = parse(writeQuery(readFields(before)));
    const sorted = ({ query }: { readonly query: Query | undefined }) =>
      (query?.kind === 'and' ? [...query.all] : [query]).map((one) => JSON.stringify(one)).sort();
    expect(sorted(after)).toEqual(sorted(before));
    expect([...after.places].sort()).toEqual([...before.places].sort());
    expect(after.notPlaces).toEqual(before.notPlaces);
  });
});

it('knows labels by name, without accents', () => {
  const { query } = parse('étiquette:"A FAIRE" OR label:x');
  const known = query && withLabels(query, (name) => (name === 'a faire' ? '$label4' : undefined));
  expect(known && show(queryKeys(known))).toBe('OR KEYWORD $label4 NOT ALL');
});

it('tells the words to point out: those asked for, never those asked against', () => {
  expect(wordsOf(parse('réunion -note from:anne OR "plan b" is:unread').query)).toEqual([
    'réunion',
    'plan b',
    'anne',
  ]);
});
