import { encodeWords, parseHeaders, receiptRequest, writeReceipt } from '../../../src/mime';

const asked = (...lines: readonly string[]) => receiptRequest(parseHeaders(lines.join('\r\n')));
const TO = 'Disposition-Notification-To: "A, B" <a@b.example>';

it('asks for whom the sender named, and says when that is another one than who sent it', () => {
  expect(asked(TO, 'Return-Path: <A@b.example>')).toEqual({
    to: 'a@b.example',
    isElsewhere: false,
  });
  expect(asked(TO, 'Return-Path: <bounce@b.example>')?.isElsewhere).toBe(true);
  expect(asked(TO, 'Return-Path: <>')?.isElsewhere).toBe(true);
  expect(asked(TO)?.isElsewhere).toBe(true);
  expect(asked('Subject: nothing')).toBeUndefined();
});

it('asks nothing where nothing may be answered', () => {
  expect(asked(TO, TO)).toBeUndefined();
  expect(asked('Disposition-Notification-To: a@b.example, c@d.example')).toBeUndefined();
  expect(asked('Disposition-Notification-To: not an address')).toBeUndefined();
  expect(asked(TO, 'Content-Type: multipart/report; report-type=x')).toBeUndefined();
  expect(asked(TO, 'Disposition-Notification-Options: x=required,1')).toBeUndefined();
  expect(asked(TO, 'Disposition-Notification-Options: x=optional,1')).toBeDefined();
  expect(asked(`Disposition-Notification-To: ${'<'.repeat(50_000)}`)).toBeUndefined();
});

it('writes what RFC 8098 wants, and no line of somebody else', () => {
  const write = (original: string) =>
    writeReceipt(
      {
        from: 'moi@saisons.example',
        to: 'a@b.example',
        subject: 'Lu : été\r\nBcc: x@y.example',
        text: 'Affiché.\n--=_x',
        messageId: '<id1@saisons.example>',
        original,
        date: new Date('2026-03-02T09:00:00Z'),
      },
      encodeWords,
    ).toString('utf8');
  const text = write('<orig@b.example>');

  expect(text).toContain('multipart/report; report-type=disposition-notification');
  expect(text).toContain('\r\nOriginal-Message-ID: <orig@b.example>\r\n');
  expect(text).toContain('Disposition: manual-action/MDN-sent-manually; displayed');
  expect(text).toContain('Final-Recipient: rfc822;moi@saisons.example');
  expect(text).not.toMatch(/^Bcc:/m);
  expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
  expect(write('<a b>\r\nBcc: c@d.example')).not.toMatch(/Bcc|Original-Message-ID/);
});
