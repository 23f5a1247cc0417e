import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import {
  buildMessage,
  firstHeader,
  headerValues,
  type Outgoing,
  parseHeaders,
} from '../../../src/mime';

const BASE: Outgoing = {
  from: { name: 'Odile Roy', mail: 'odile@préfecture.example' },
  to: [{ name: 'René, dit « le Grand »', mail: 'rene@b.example' }],
  cc: [{ name: '', mail: 'c@d.example' }],
  subject: 'Réunion de rentrée',
  text: 'Bonjour,\nà bientôt.\n-- \nOdile',
  date: new Date('2026-03-01T10:00:00Z'),
};

async function build(change: Partial<Outgoing> = {}, maxBytes?: number) {
  const pieces: Buffer[] = [];
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      pieces.push(chunk);
      done();
    },
  });
  const built = await buildMessage(
    { ...BASE, ...change },
    { to, ...(maxBytes !== undefined && { maxBytes }) },
  );
  const bytes = Buffer.concat(pieces);
  const source = bytes.toString('latin1');
  return { built, bytes, source, headers: parseHeaders(bytes) };
}

describe('buildMessage', () => {
  it('shows a subject that looks encoded as it was typed', async () => {
    const typed = `=?utf-8?Q?a=0D=0AX-Evil:_1?= ${'été '.repeat(40)}`.trim();

    const { source, headers } = await build({ subject: typed });

    expect(firstHeader(headers, 'subject')).toBe(typed);
    expect(source).not.toMatch(/^X-Evil/m);
    expect(source.split('\r\n').every((line) => line.length <= 998)).toBe(true);
  });

  it.each([38, 39, 40, 45])(
    'has no encoded word on a line of more than 76 characters, with names of %i octets',
    async (octets) => {
      const name = `${'é'.repeat(octets)}${'a'.repeat(octets % 2)}`;
      const { source } = await build({
        subject: `=?utf-8?Q?x?=${name}`,
        to: [{ name, mail: `${'x'.repeat(60)}@b.example` }],
        headers: { 'X-Note': name },
      });

      const lines = source.split('\r\n').filter((line) => line.includes('=?'));
      expect(lines.length).toBeGreaterThan(3);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(76);
    },
  );

  it('writes the headers of the message', async () => {
    const { built, source, headers, bytes } = await build({
      inReplyTo: '<a@x>',
      references: ['<z@x>', '<a@x>'],
    });

    expect(firstHeader(headers, 'subject')).toBe('Réunion de rentrée');
    expect(firstHeader(headers, 'from')).toBe('Odile Roy <odile@xn--prfecture-c4a.example>');
    expect(firstHeader(headers, 'in-reply-to')).toBe('<a@x>');
    expect(firstHeader(headers, 'references')).toBe('<z@x> <a@x>');
    expect(firstHeader(headers, 'date')).toBe('Sun, 01 Mar 2026 10:00:00 +0000');
    expect(firstHeader(headers, 'message-id')).toBe(built.messageId);
    expect(built.messageId).toMatch(/^<[\w-]{20,}@xn--prfecture-c4a\.example>$/);
    expect(built.sizeBytes).toBe(bytes.length);
    expect(source).not.toMatch(/x-mailer/i);
  });

  it('writes text alone as format=flowed', async () => {
    const { headers } = await build();

    expect(firstHeader(headers, 'content-type')).toBe('text/plain; charset=utf-8; format=flowed');
  });

  it('writes alternatives, inline images, files and messages', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mime-'));
    try {
      await writeFile(path.join(folder, 'a.bin'), Buffer.alloc(100_000, 7));
      const { source } = await build({
        html: '<p>Bonjour <img src="cid:logo@x"></p>',
        inline: [
          {
            filename: 'logo.png',
            type: 'image/png',
            contentId: 'logo@x',
            source: { content: Buffer.from('png') },
          },
        ],
        attachments: [
          {
            filename: 'Résumé très long de la réunion du comité de pilotage.pdf',
            type: 'application/pdf',
            source: { path: path.join(folder, 'a.bin') },
          },
          {
            filename: 'message.eml',
            type: 'message/rfc822',
            source: { content: Buffer.from('Subject: x\n\nbare\rcr\nlf') },
          },
        ],
      });

      for (const type of [
        'multipart/mixed',
        'multipart/alternative',
        'multipart/related',
        'format=flowed',
        'text/html',
        'Content-ID: <logo@x>',
        'message/rfc822',
      ]) {
        expect(source).toContain(type);
      }
      expect(source).toMatch(/filename\*0\*?=/);
      expect(source).toContain(Buffer.alloc(57, 7).toString('base64'));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['a\rb\nc', 'fin\n.\nMAIL FROM:<x>\n', 'a\r\n.\r\n\r.\rb\n.\r', '\0\r\r\n\n'])(
    'has no bare CR or LF with %j',
    async (text) => {
      const { source } = await build({
        text,
        html: `<p>${text}</p>`,
        attachments: [
          {
            filename: 'm.eml',
            type: 'message/rfc822',
            source: { content: Buffer.from(`Subject: x\n\n${text}`) },
          },
        ],
      });

      expect(source.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    },
  );

  it('lets no field start another one', async () => {
    const evil = 'x\r\nBcc: v@e.test\r\n\r\nbody\0\u2028';
    const { headers } = await build({
      subject: evil,
      from: { name: evil, mail: 'a@b.example' },
      to: [{ name: `=?utf-8?Q?a=0D=0ABcc:_v?= ${evil}`, mail: 'a@b.example' }],
      messageId: `<a@b>${evil}`,
      references: [evil, '<r@x>\r\nX-Evil: 1'],
      inReplyTo: evil,
      headers: { Importance: evil },
      attachments: [
        {
          filename: `a${evil}".pdf`,
          type: `text/html${evil}`,
          source: { content: Buffer.from('x') },
        },
      ],
    });

    expect(headerValues(headers, 'bcc')).toEqual([]);
    expect(headerValues(headers, 'x-evil')).toEqual([]);
    expect(headers.fields.map((field) => field.name.toLowerCase()).sort()).toEqual([
      'cc',
      'content-type',
      'date',
      'from',
      'importance',
      'message-id',
      'mime-version',
      'references',
      'subject',
      'to',
    ]);
    expect(firstHeader(headers, 'message-id')).toBe('<a@b>');
  });

  it.each<[string, Partial<Outgoing>]>([
    ['an invalid recipient', { to: [{ name: '', mail: 'a@b>, <c@d' }] }],
    ['an invalid sender', { from: { name: '', mail: 'x' } }],
    ['a reserved field', { headers: { BCC: 'x@y' } }],
    ['a field with a line end', { headers: { 'X-A: b\r\nBcc': 'x@y' } }],
  ])('refuses %s', async (_, change) => {
    await expect(build(change)).rejects.toMatchObject({ code: 'compose/invalid' });
  });

  it('opens no path or URL that content names', async () => {
    const { source } = await build({
      html: '<img src="file:///etc/passwd"><img src="data:image/png;base64,AAAA">',
      text: '/etc/passwd',
    });

    expect(source).not.toContain('root:');
  });

  it('refuses more than the limit', async () => {
    const attachments = [
      { filename: 'a', type: 'a/b', source: { content: Buffer.alloc(100_000) } },
    ];

    await expect(build({ attachments }, 50_000)).rejects.toMatchObject({
      code: 'attachment/too-large',
    });
    const { built, bytes } = await build({ attachments }, 200_000);
    expect(bytes).toHaveLength(built.sizeBytes);
  });

  it('fails when a file to attach is gone', async () => {
    const attachments = [{ filename: 'a', type: 'a/b', source: { path: '/nonexistent/a' } }];

    await expect(build({ attachments })).rejects.toThrow('ENOENT');
  });
});
