import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { aBench, type Bench, PASSWORD } from './mail-kit';

let server: DemoImap;
let bench: Bench;

afterEach(async () => {
  await bench.close();
  await server.close();
});

/** Names of the files of the only message, shown and downloaded. */
async function namesOf(raw: Buffer): Promise<readonly string[]> {
  server = await startDemoImap({
    users: [
      {
        username: 'alice',
        password: PASSWORD,
        mailboxes: [{ path: 'INBOX', messages: [{ raw }] }],
      },
    ],
  });
  bench = aBench({ server });
  const { mail, actor } = bench;
  const { rows } = await mail.list(actor, {
    mailbox: 'INBOX',
    sort: 'date',
    order: 'desc',
    criteria: {},
    page: 1,
  });
  const uid = rows[0]?.uid;
  if (uid === undefined) throw new Error('no message');
  const { attachments, ref } = await mail.message(actor, { mailbox: 'INBOX', uid });
  const streams = await Promise.all(attachments.map(({ part }) => mail.part(actor, ref, part)));
  for (const { stream } of streams) stream.destroy();
  expect(streams.map(({ filename }) => filename)).toEqual(attachments.map((a) => a.filename));
  return attachments.map(({ filename }) => filename);
}

const HEAD = 'From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n';
const attached = (encoding: BufferEncoding, ...headers: string[]): Buffer =>
  Buffer.from(
    [
      `${HEAD}Content-Type: multipart/mixed; boundary=M`,
      '',
      '--M',
      'Content-Type: text/plain',
      '',
      'Bonjour',
      '--M',
      ...headers,
      '',
      'octets',
      '--M--',
      '',
    ].join('\r\n'),
    encoding,
  );

describe('a file name in raw 8-bit letters', () => {
  it.each([
    ['UTF-8', 'utf8'],
    ['windows-1252', 'latin1'],
  ] as const)('is read as %s', async (_label, encoding) => {
    const raw = attached(
      encoding,
      'Content-Type: application/pdf; name="résumé.pdf"',
      'Content-Disposition: attachment; filename="Pièce jointe ; n°2, été.pdf"',
    );
    expect(await namesOf(raw)).toEqual(['Pièce jointe ; n°2, été.pdf']);
  });

  it('is read from Content-Type alone, unquoted, on a folded line', async () => {
    const raw = attached('latin1', 'Content-Type: application/pdf;', '\tname=été à venir.pdf');
    expect(await namesOf(raw)).toEqual(['été à venir.pdf']);
  });

  it('is read when the message is that one file', async () => {
    const raw = `${HEAD}Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="été.pdf"\r\n\r\noctets\r\n`;
    expect(await namesOf(Buffer.from(raw, 'latin1'))).toEqual(['été.pdf']);
  });

  it('leaves the names beside it as they are', async () => {
    const raw = attached(
      'latin1',
      'Content-Type: application/pdf; name="été.pdf"',
      '',
      'un',
      '--M',
      "Content-Disposition: attachment; filename*=utf-8''hiver%20%C3%A0%20venir.pdf",
    );
    expect(await namesOf(raw)).toEqual(['été.pdf', 'hiver à venir.pdf']);
  });
});

describe('a file without a name', () => {
  it("is named in the reader's language, and an invitation sent twice is listed once", async () => {
    const calendar = 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR';
    const raw = attached(
      'utf8',
      'Content-Type: multipart/alternative; boundary=A',
      '',
      '--A',
      'Content-Type: text/html',
      '',
      '<p>Venez</p>',
      '--A',
      'Content-Type: text/calendar; method=REQUEST',
      '',
      calendar,
      '--A--',
      '--M',
      'Content-Type: application/ics; name="invite.ics"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(calendar).toString('base64'),
      '--M',
      'Content-Type: application/octet-stream',
    );

    expect(await namesOf(raw)).toEqual(['invite.ics', 'fichier-4.bin']);
  });

  it('is called an invitation when it is one', async () => {
    const raw = attached('utf8', 'Content-Type: text/calendar; method=REQUEST');
    expect(await namesOf(raw)).toEqual(['invitation-2.ics']);
  });
});
