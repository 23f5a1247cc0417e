import type { Attribute } from '../../../src/imap';
import { criteriaKey, dependsOnFlags, readsBodies, searchKeys } from '../../../src/mail/criteria';

const show = (keys: readonly Attribute[]): string =>
  keys
    .map((key) =>
      'type' in key
        ? key.type === 'ATOM'
          ? key.value
          : `<${key.type}:${key.value.toString()}>`
        : '()',
    )
    .join(' ');

describe('criteria as IMAP search keys', () => {
  it('match everything when there are none', () => {
    expect(show(searchKeys({}))).toBe('ALL');
  });

  it('look in subject, people and body for a text', () => {
    expect(show(searchKeys({ text: 'budget' }))).toBe(
      'OR SUBJECT <STRING:budget> OR FROM <STRING:budget> OR OR TO <STRING:budget> CC <STRING:budget> BODY <STRING:budget>',
    );
  });

  it('send text beyond ASCII as a literal', () => {
    expect(show(searchKeys({ text: 'réunion', in: 'subject' }))).toBe('SUBJECT <LITERAL:réunion>');
  });

  it.each(['a\r\nA1 LOGOUT', 'a\u0000b', 'a"b\\c', '{3}\r\nabc', 'a) UNSEEN (b'])(
    'keep hostile text %j inside one string',
    (text) => {
      const keys = searchKeys({ text, in: 'subject' });
      expect(keys).toHaveLength(2);
      expect(show(keys)).not.toMatch(/\p{Cc}/u);
    },
  );

  it('combine flags and dates', () => {
    expect(
      show(searchKeys({ unseen: true, flagged: false, since: '2026-02-01', before: '2026-03-09' })),
    ).toBe('UNSEEN UNFLAGGED SENTSINCE 1-Feb-2026 SENTBEFORE 9-Mar-2026');
  });

  it.each(['2026-13-01', '2026-02-00', '01/02/2026', '2026-1-1', '2026-02-01\r\nX'])(
    'refuse the date %j',
    (since) => {
      expect(() => searchKeys({ since })).toThrow('request/invalid');
    },
  );
});

describe('the key of a search', () => {
  it('is the same for the same search, and empty for none', () => {
    expect(criteriaKey({ text: ' a ' })).toBe(criteriaKey({ text: 'a', in: 'all' }));
    expect(criteriaKey({ text: '  ', hasAttachment: false })).toBe('');
    expect(criteriaKey({ unseen: true })).not.toBe(criteriaKey({ unseen: false }));
  });

  it('knows what depends on flags and what reads bodies', () => {
    expect(dependsOnFlags({ unseen: true })).toBe(true);
    expect(dependsOnFlags({ text: 'a' })).toBe(false);
    expect(readsBodies({ text: 'a' })).toBe(true);
    expect(readsBodies({ text: 'a', in: 'subject' })).toBe(false);
  });
});
