import type { Uid } from '../../../src/base/types';
import type { FetchMessageObject } from '../../../src/imap';
import { familyOf } from '../../../src/mail/family';
import { isoDate, messageDate, rowContent, toRow } from '../../../src/mail/rows';

const leaf = (type: string, more: object = {}) => ({ type, size: 10, ...more });
const message = (fields: Partial<FetchMessageObject>): FetchMessageObject => ({
  seq: 1,
  uid: 1,
  ...fields,
});
const mixed = (...childNodes: ReturnType<typeof leaf>[]) =>
  message({ bodyStructure: { type: 'multipart/mixed', childNodes } });

describe('what a list line says of a message', () => {
  it('has no control, bidi mark or line break in what people read', () => {
    const content = rowContent(
      message({
        envelope: {
          subject: 'Facture\r\nBcc: x\u202egpj.exe\u0000',
          from: [{ name: 'Chef\u202e\n', address: 'chef@x.example' }],
        },
      }),
    );
    expect(content.subject).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(content.from[0]?.name).toBe('Chef');
  });

  it('keeps few of many recipients', () => {
    const to = Array.from({ length: 10_000 }, (_, index) => ({ address: `a${index}@x.example` }));
    expect(rowContent(message({ envelope: { to } })).to.length).toBeLessThanOrEqual(10);
  });

  it('has an attachment for a file, and none for an inline image or a signature', () => {
    const pdf = leaf('application/pdf', {
      disposition: 'attachment',
      dispositionParameters: { filename: 'a.pdf' },
    });
    const logo = leaf('image/png', { id: '<logo@x>', disposition: 'inline' });
    expect(rowContent(mixed(leaf('text/plain'), pdf)).hasAttachment).toBe(true);
    expect(rowContent(mixed(leaf('text/html'), logo)).hasAttachment).toBe(false);
    const signed = {
      type: 'multipart/signed',
      childNodes: [
        leaf('text/plain'),
        leaf('application/pkcs7-signature', {
          disposition: 'attachment',
          dispositionParameters: { filename: 'smime.p7s' },
        }),
      ],
    };
    expect(rowContent(message({ bodyStructure: signed })).hasAttachment).toBe(false);
  });

  it('has an invitation for a calendar part', () => {
    const content = rowContent(mixed(leaf('text/plain'), leaf('text/calendar')));
    expect(content).toMatchObject({ hasInvitation: true, hasAttachment: false });
  });

  it('survives a message without envelope or structure', () => {
    expect(rowContent(message({}))).toMatchObject({
      subject: '',
      from: [],
      date: '1970-01-01T00:00:00.000Z',
    });
  });

  it('reads flags whatever their case and keeps the others as keywords', () => {
    const row = toRow(1 as Uid, rowContent(message({})), ['\\SEEN', '$forwarded', 'urgent']);
    expect(row).toMatchObject({ isSeen: true, isForwarded: true, isFlagged: false });
    expect(row.keywords).toEqual(['$forwarded', 'urgent']);
  });
});

describe('the date of a message', () => {
  const arrival = new Date('2026-01-02T03:04:05Z');

  it('is the header when it is one', () => {
    expect(messageDate(new Date('2026-01-01T00:00:00Z'), arrival)).toBe('2026-01-01T00:00:00.000Z');
  });

  it.each([
    undefined,
    'Tomorrow',
    '',
    new Date(Number.NaN),
    '-000001-01-01',
    '+012026-01-01T00:00:00Z',
  ])('is the arrival when the header says %p', (header) => {
    expect(messageDate(header, arrival)).toBe('2026-01-02T03:04:05.000Z');
    expect(isoDate(header)).toBeUndefined();
  });
});

describe('the family of a file', () => {
  it.each([
    ['application/pdf', 'x', 'pdf'],
    ['application/octet-stream', 'Bilan.XLSX', 'sheet'],
    ['application/octet-stream', 'constructor', 'file'],
    ['text/calendar', 'a.ics', 'calendar'],
    ['message/rfc822', 'a.eml', 'message'],
  ])('of %s %s is %s', (type, name, family) => {
    expect(familyOf(type, name)).toBe(family);
  });
});
