import type { Uid } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { ALL, aBench, type Bench, PASSWORD } from './mail-kit';

const HEAD =
  'From: Camille <c@dehors.example>\r\nTo: alice@culture.gouv.example\r\nMIME-Version: 1.0';
const raw = (lines: readonly string[]): Buffer => Buffer.from([HEAD, ...lines].join('\r\n'));
const part = (type: string, text: string): string[] => [`Content-Type: ${type}`, '', text];
const multipart = (kind: string, parts: readonly (readonly string[])[]): string[] => [
  `Content-Type: multipart/${kind}; boundary=${kind}`,
  '',
  ...parts.flatMap((one) => [`--${kind}`, ...one]),
  `--${kind}--`,
  '',
];

const MESSAGES = {
  plain: raw(['Subject: plain', ...part('text/plain', 'texte seul')]),
  letter: raw([
    'Subject: letter',
    ...multipart('alternative', [
      part('text/plain', 'en texte'),
      part('text/html', '<p>en HTML</p>'),
    ]),
  ]),
  file: raw([
    'Subject: file',
    ...multipart('mixed', [
      part('text/plain', 'voir la pièce'),
      [
        'Content-Type: application/pdf; name=a.pdf',
        'Content-Disposition: attachment',
        '',
        'x'.repeat(400_000),
      ],
    ]),
  ]),
  long: raw(['Subject: long', ...part('text/plain', 'ligne assez longue\r\n'.repeat(20_000))]),
  many: raw([
    'Subject: many',
    ...multipart(
      'mixed',
      Array.from({ length: 4_000 }, (_, index) => part('text/plain', `${index}`)),
    ),
  ]),
};

// Letters lost in the envelope, and what a sender may hide behind them.
const LOST = raw([
  `Subject: r\u00e9union \ufffd \u202egpj.exe ${'x'.repeat(300_000)}`,
  ...part('text/plain', 'lettres perdues'),
]);

let server: DemoImap;
let bench: Bench;
let uids: ReadonlyMap<string, Uid>;

beforeEach(async () => {
  const messages = Object.values(MESSAGES).map((one) => ({ raw: one }));
  server = await startDemoImap({
    users: [{ username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX', messages }] }],
  });
  bench = aBench({ server });
});
afterEach(async () => {
  await bench.close();
  await server.close();
});

const list = async () => {
  const page = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
  uids = new Map(page.rows.map((row) => [row.subject, row.uid]));
  return page;
};
const urls = { proxy: { prefix: '/image/t', key: 'k', sessionTag: 't', expires: 1 } };

/** Opens a message as a page does; its body and what the server was asked for. */
async function open(subject: string, prefer: 'text' | 'html' = 'html') {
  const uid = uids.get(subject);
  if (uid === undefined) throw new Error(`no message ${subject}`);
  const before = server.stats().recent.length;
  const view = await bench.mail.message(
    bench.actor,
    { mailbox: 'INBOX', uid },
    { markSeen: false, prefer },
  );
  const body = await bench.mail.body(bench.actor, view, { prefer, remote: 'block', urls });
  const commands = server.stats().recent.slice(before);
  return { view, body, commands };
}

describe('opening a message that a list has shown', () => {
  it.each([
    ['plain', 'html', 'texte seul'],
    ['letter', 'html', '<p>en HTML</p>'],
    ['letter', 'text', 'en texte'],
    ['file', 'html', 'voir la pièce'],
  ] as const)(
    '%s, preferring %s: one command brings all that is shown',
    async (name, prefer, text) => {
      await list();
      const { body, commands } = await open(name, prefer);
      expect(body.html).toContain(text);
      expect(commands).toHaveLength(1);
      expect(commands[0]).toMatch(/UID FETCH/);
    },
  );

  it('whose body is long: that is read by itself, and whole', async () => {
    await list();
    const { body, commands } = await open('long');
    expect(body.html.match(/ligne/g)).toHaveLength(20_000);
    expect(commands.length).toBeGreaterThan(1);
  });

  it('rows tell nobody which part that is', async () => {
    const { rows } = await list();
    expect(rows.filter((row) => 'shown' in row)).toEqual([]);
  });
});

it('opening a message that no list has shown asks for its body once it is known which', async () => {
  await list();
  const other = aBench({ server });
  const at = { mailbox: 'INBOX', uid: uids.get('letter') as Uid };
  const view = await other.mail.message(other.actor, at, { markSeen: false, prefer: 'html' });
  const body = await other.mail.body(other.actor, view, { prefer: 'html', remote: 'block', urls });
  await other.close();
  expect(body.html).toContain('en HTML');
});

it('a message of thousands of parts keeps its row, and opens as too complex', async () => {
  const { rows } = await list();
  expect(rows.map((row) => row.subject)).toContain('many');
  const { view } = await open('many');
  expect(view).toMatchObject({ subject: 'many', tooComplex: true, bodies: [] });
});

it('a message that its connection has not been told of opens whole', async () => {
  await list();
  const uid = server.deliver('alice', raw(['Subject: new', ...part('text/plain', 'tout frais')]));

  const view = await bench.mail.message(
    bench.actor,
    { mailbox: 'INBOX', uid: uid as Uid },
    { markSeen: false },
  );

  expect(view).toMatchObject({ subject: 'new', tooComplex: false, bodies: [{ kind: 'text' }] });
});

it('a subject read from the header is as clean and short in a list as any other', async () => {
  server.deliver('alice', LOST);

  const { rows } = await list();
  const row = rows.find(({ subject }) => subject.startsWith('réunion'));

  expect(row?.subject).toHaveLength(500);
  expect(row?.subject).not.toContain('\u202e');
  const { view } = await open(row?.subject ?? '');
  expect(view.subject).toContain('réunion');
  expect(view.subject).not.toContain('\u202e');
  expect(view.warnings).toContain('hiddenCharacters');
});

it('a name whose letters were lost is read again, alike in the list and on the page', async () => {
  const head = Buffer.from(
    'From: R\u00e9mi \u00e0 Lyon <remi@x.example>\r\nSubject: latin',
    'latin1',
  );
  server.deliver('alice', Buffer.concat([head, Buffer.from('\r\n\r\ntexte')]));

  const { rows } = await list();
  const { view } = await open('latin');

  expect(rows.find(({ subject }) => subject === 'latin')?.from[0]).toEqual(view.from[0]);
  expect(view.from[0]).toMatchObject({ mail: 'remi@x.example' });
  expect(view.from[0]?.name).toMatch(/^Rémi/);
});
