import { contactFacts, eventFacts, fileKind } from '../../../src/mime';

const kindOf = (text: string) => fileKind(Buffer.from(text, 'latin1'));

it('knows a file by its bytes alone', () => {
  expect(kindOf('%PDF-1.7')).toBe('pdf');
  expect(kindOf('GIF89a')).toBe('image');
  expect(kindOf('BEGIN:VCALENDAR\r\n')).toBe('calendar');
  expect(kindOf('\xef\xbb\xbfbegin:vcard\r\n')).toBe('card');
  expect(kindOf('<svg onload=alert(1)>')).toBe('text');
  expect(kindOf('MZ\x90\0\x03')).toBe('other');
  expect(kindOf('\xff\xfea\0b\0')).toBe('text');
  expect(kindOf('')).toBe('text');
});

it('reads events and contacts, and not what is inside them', () => {
  const [event] = eventFacts(
    'BEGIN:VEVENT\nSUMMARY:Point\\, bref\nDTSTART;TZID="Europe/Paris":20260302T090000\nATTENDEE:mailto:a@b.example\nBEGIN:VALARM\nDESCRIPTION:non\nEND:VALARM\nEND:VEVENT',
  );
  expect(event).toEqual({
    title: 'Point, bref',
    facts: [
      { name: 'start', value: '2026-03-02 09:00' },
      { name: 'attendee', value: 'a@b.example' },
    ],
  });
  const [card] = contactFacts(
    'BEGIN:VCARD\nN:Martin;Camille;;;\nitem1.TEL:tel:+33100000000\nADR:;;1 rue X;Ville;;;\nEND:VCARD',
  );
  expect(card?.title).toBe('Martin Camille');
  expect(card?.facts.map(({ value }) => value)).toEqual(['+33100000000', '1 rue X Ville']);
});

it('bears what is hostile: cut, nested, endless, named as what every object has', () => {
  expect(eventFacts('BEGIN:VEVENT\nSUMMARY:cut')).toEqual([{ title: 'cut', facts: [] }]);
  expect(eventFacts('END:VEVENT\nEND:VEVENT')).toEqual([]);
  expect(contactFacts(`BEGIN:VCARD\nCONSTRUCTOR:x\n__PROTO__:y\nEND:VCARD`)[0]?.facts).toEqual([]);
  const many = contactFacts(`BEGIN:VCARD\n${'EMAIL:a@b.example\n'.repeat(1_000)}END:VCARD\n`);
  expect(many[0]?.facts.length).toBeLessThanOrEqual(40);
  expect(eventFacts('BEGIN:VEVENT\nEND:VEVENT\n'.repeat(5_000)).length).toBeLessThanOrEqual(50);
  const started = Date.now();
  eventFacts('BEGIN:'.repeat(90_000));
  contactFacts(`BEGIN:VCARD\nFN:${'\n '.repeat(200_000)}`);
  expect(Date.now() - started).toBeLessThan(1_000);
});
