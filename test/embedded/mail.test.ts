import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../src/base/errors';
import type { Uid, UidValidity } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import type { BodyOptions, Selection } from '../../src/mail';
import { ALL, aBench, aMessage, anActor, type Bench, PASSWORD, until } from './mail-kit';

const urls: BodyOptions['urls'] = {
  proxy: { prefix: '/image', key: 'a2V5', sessionTag: 't', expires: 9 },
};
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const MIXED = Buffer.from(
  [
    'From: =?utf-8?q?Chef=2C_le?= <chef@ailleurs.example>',
    'To: alice@culture.gouv.example',
    'Subject: =?iso-8859-1?Q?R=E9union?=',
    'Date: Sun, 01 Mar 2026 12:00:00 +0000',
    'Message-ID: <mixed@test.example>',
    'References: <one@test.example> <two@test.example>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=M',
    '',
    '--M',
    'Content-Type: multipart/related; boundary=R',
    '',
    '--R',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p onclick="x()">Bonjour<script>alert(1)</script> <img src="cid:logo@x"> <img src="https://evil.example/p.png" width="300" height="80"></p>',
    '--R',
    'Content-Type: image/png',
    'Content-ID: <logo@x>',
    'Content-Disposition: inline',
    'Content-Transfer-Encoding: base64',
    '',
    PIXEL,
    '--R--',
    '--M',
    'Content-Type: application/pdf; name="note.pdf"',
    'Content-Disposition: attachment; filename="note.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('%PDF-1.4 contenu').toString('base64'),
    '--M',
    'Content-Type: message/rfc822',
    '',
    'From: inner@x.example',
    'Subject: Dedans',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Texte du dedans',
    '--M--',
    '',
  ].join('\r\n'),
);

let server: DemoImap;
let bench: Bench;

async function start(
  messages: readonly Buffer[],
  hide: readonly string[] = [],
  options = {},
): Promise<void> {
  server = await startDemoImap({
    hide,
    users: [
      {
        username: 'alice',
        password: PASSWORD,
        mailboxes: [
          { path: 'INBOX', messages: messages.map((raw) => ({ raw })) },
          { path: 'Projets/Été & hiver "2026"' },
        ],
      },
    ],
  });
  bench = aBench({ server, ...options });
}

afterEach(async () => {
  await bench.close();
  await server.close();
});

const inbox = (page = 1) => bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page });
const subjects = async (query: object = {}) => {
  const page = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1, ...query });
  return page.rows.map((row) => row.subject);
};
const dated = (subject: string, day: number, more: object = {}) =>
  aMessage({ subject, date: new Date(Date.UTC(2026, 2, day)), ...more });

async function select(...wanted: string[]): Promise<Selection> {
  const { rows, uidValidity } = await inbox();
  const uids = rows.filter((row) => wanted.includes(row.subject)).map((row) => row.uid);
  return { mailbox: 'INBOX', uidValidity, uids };
}

describe('the tree of mailboxes', () => {
  it('has special-use mailboxes, made when missing, and any name in UTF-8', async () => {
    await start([aMessage()]);
    const account = await bench.mail.account(bench.actor);
    const uses = account.mailboxes.map((box) => box.specialUse).filter(Boolean);
    expect(uses).toEqual(['inbox', 'drafts', 'sent', 'junk', 'trash', 'archive']);
    const projects = account.mailboxes.find((box) => box.name === 'Projets');
    expect(projects?.children[0]?.path).toBe('Projets/Été & hiver "2026"');
    expect(account.mailboxes[0]).toMatchObject({ unseen: 1, total: 1 });
  });

  it('counts without LIST-STATUS as well', async () => {
    await start([aMessage()], ['LIST-STATUS', 'SPECIAL-USE', 'CREATE-SPECIAL-USE']);
    const { mailboxes } = await bench.mail.account(bench.actor);
    expect(mailboxes[0]).toMatchObject({ specialUse: 'inbox', unseen: 1 });
    expect(await bench.mail.special(bench.actor, 'sent')).toBe('Sent');
  });

  it('creates, renames and deletes mailboxes but the special ones', async () => {
    await start([]);
    const { mail, actor } = bench;
    await mail.createMailbox(actor, 'Dossiers/Réunions');
    await mail.renameMailbox(actor, 'Dossiers/Réunions', 'Dossiers/Comités');
    const paths = JSON.stringify((await mail.account(actor, { fresh: true })).mailboxes);
    expect(paths).toContain('Dossiers/Comités');
    expect(paths).not.toContain('Réunions');
    await mail.deleteMailbox(actor, 'Dossiers/Comités');
    await expect(mail.deleteMailbox(actor, await mail.special(actor, 'sent'))).rejects.toThrow(
      'mailbox/forbidden',
    );
    await expect(mail.createMailbox(actor, 'a\r\nb')).rejects.toThrow('mailbox/not-found');
    await expect(mail.list(actor, { ...ALL, mailbox: 'Rien', page: 1 })).rejects.toThrow(
      'mailbox/not-found',
    );
  });
});

describe('a list', () => {
  const three = () => [dated('b', 2), dated('a', 3), dated('c', 1)];

  it.each([[[]], [['SORT']], [['SORT', 'CONDSTORE', 'LIST-STATUS']]])(
    'is sorted as asked on a server without %j',
    async (hide) => {
      await start(three(), hide);
      expect(await subjects()).toEqual(['a', 'b', 'c']);
      expect(await subjects({ order: 'asc' })).toEqual(['c', 'b', 'a']);
      expect(await subjects({ sort: 'subject', order: 'asc' })).toEqual(['a', 'b', 'c']);
      expect(await subjects({ sort: 'arrival' })).toEqual(['c', 'a', 'b']);
      server.deliver('alice', dated('d', 2));
      server.deliver('alice', dated('e', 9));
      expect(await subjects()).toEqual(
        ['e', 'a', 'd', 'b', 'c'].sort((x, y) => order(x) - order(y)),
      );
    },
  );
  // On equal dates the one that came first stands first (RFC 5256 3, REVERSE keeps it so).
  const order = (subject: string) => ['e', 'a', 'b', 'd', 'c'].indexOf(subject);

  it('shows the last page for a page past the end, and an empty mailbox as empty', async () => {
    await start(three(), [], { pageSize: 2 });
    expect(await inbox(99)).toMatchObject({ page: 2, pages: 2, total: 3, unseen: 3 });
    const empty = await bench.mail.list(bench.actor, {
      ...ALL,
      mailbox: 'Projets/Été & hiver "2026"',
      page: 1,
    });
    expect(empty).toMatchObject({ rows: [], total: 0, page: 1, pages: 1 });
  });

  it('falls back to arrival, and says so, when there is too much to sort here', async () => {
    await start(three(), ['SORT'], { mail: { limits: { sortInProcess: 2 } } });
    const page = await inbox();
    expect(page.sortFellBack).toBe(true);
    expect(page.rows.map((row) => row.subject)).toEqual(['c', 'a', 'b']);
  });

  it('takes at most six commands cold, and three warm', async () => {
    await start(three());
    await bench.mail.account(bench.actor);
    const before = server.stats().commands;
    await inbox();
    const cold = server.stats().commands - before;
    await inbox();
    expect(cold).toBeLessThanOrEqual(6);
    expect(server.stats().commands - before - cold).toBeLessThanOrEqual(3);
  });

  it.each([[[]], [['CONDSTORE']]])(
    'sees flags, arrivals and removals of another client without %j',
    async (hide) => {
      await start(three(), hide);
      const other = aBench({ server });
      const first = await inbox();
      const on = { mailbox: 'INBOX', uidValidity: first.uidValidity };
      const [a, b] = first.rows;
      if (!a || !b) throw new Error('no rows');
      await other.mail.flag(other.actor, { ...on, uids: [b.uid] }, 'flagged', true);
      await other.mail.remove(other.actor, { ...on, uids: [a.uid] });
      server.deliver('alice', dated('z', 20));
      const after = await inbox();
      await other.close();
      expect(after.rows.map((row) => [row.subject, row.isFlagged])).toEqual([
        ['z', false],
        ['b', true],
        ['c', false],
      ]);
      expect(after.total).toBe(3);
    },
  );

  it('searches text, people, flags and dates, whatever the text', async () => {
    await start([
      dated('Réunion de rentrée', 1),
      dated('Budget', 5, { text: 'au sujet de la réunion' }),
      dated('Autre', 9, { from: 'Zoé <zoe@x.example>' }),
    ]);
    const search = (criteria: object) => subjects({ criteria });
    expect(await search({ text: 'réunion', in: 'subject' })).toEqual(['Réunion de rentrée']);
    expect(await search({ text: 'réunion' })).toEqual(['Budget', 'Réunion de rentrée']);
    expect(await search({ from: 'zoe@x' })).toEqual(['Autre']);
    expect(await search({ since: '2026-03-05', before: '2026-03-09' })).toEqual(['Budget']);
    for (const text of [
      '"',
      '\\',
      'a\r\nA9 LOGOUT\r\n',
      '{5}\r\nhello',
      '\u0000',
      '\ud800',
      ')',
      '*',
    ]) {
      expect(await search({ text })).toEqual(text.trim() === '\u0000' ? expect.anything() : []);
    }
    expect(server.stats().recent.filter((command) => command.includes('LOGOUT'))).toEqual([]);
  });

  it('finds attachments by structure, not by the outer type alone', async () => {
    const footer = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=F'];
    const text =
      '--F\r\nContent-Type: text/plain\r\n\r\nTexte\r\n--F\r\nContent-Type: text/plain\r\n\r\nPied\r\n--F--';
    await start([MIXED, dated('pied', 2, { headers: footer, text }), dated('simple', 3)]);
    expect(await subjects({ criteria: { hasAttachment: true } })).toEqual(['Réunion']);
  });

  it('lets plugins see the criteria and the rows of a page, once', async () => {
    await start(three());
    let batches = 0;
    bench.hooks.on('p', 'message:list', (rows) => {
      batches++;
      return rows.map((row) => ({ ...row, subject: `${row.subject}!` }));
    });
    bench.hooks.on('p', 'message:search', () => ({ subject: 'b' }));
    expect(await subjects()).toEqual(['b!']);
    expect(batches).toBe(1);
  });

  it('knows the neighbours of a message in its order', async () => {
    await start(three());
    const { rows, uidValidity } = await inbox();
    const query = { ...ALL, mailbox: 'INBOX' };
    const at = (uid: number | undefined) => ({ uid: uid as Uid, uidValidity });
    const near = await bench.mail.neighbours(bench.actor, query, at(rows[1]?.uid));
    expect(near).toEqual({ newer: rows[0]?.uid, older: rows[2]?.uid });
    expect(await bench.mail.neighbours(bench.actor, query, at(999))).toEqual({
      newer: undefined,
      older: undefined,
    });
  });
});

describe('a message', () => {
  const open = async (options = {}) => {
    const { rows } = await inbox();
    return bench.mail.message(bench.actor, { mailbox: 'INBOX', uid: rows[0]?.uid as Uid }, options);
  };

  it('shows headers, bodies and attachments, and is read afterwards', async () => {
    await start([MIXED]);
    const view = await open();
    expect(view).toMatchObject({
      subject: 'Réunion',
      from: [{ name: 'Chef, le', mail: 'chef@ailleurs.example' }],
      references: ['<one@test.example>', '<two@test.example>'],
      isOutside: true,
      bodies: [{ kind: 'html' }],
      tooComplex: false,
    });
    expect(view.attachments.map((one) => [one.filename, one.family, one.isMessage])).toEqual([
      ['note.pdf', 'pdf', false],
      ['Dedans.eml', 'message', true],
    ]);
    expect(server.mailbox('alice', 'INBOX')[0]?.flags).toContain('\\Seen');
    expect((await inbox()).rows[0]).toMatchObject({ isSeen: true, hasAttachment: true });
    expect((await inbox()).unseen).toBe(0);
  });

  it('stays unread when asked', async () => {
    await start([MIXED]);
    await open({ markSeen: false });
    expect(server.mailbox('alice', 'INBOX')[0]?.flags).not.toContain('\\Seen');
  });

  it('has a body without script or remote image, its own images inside', async () => {
    await start([MIXED]);
    const body = await bench.mail.body(bench.actor, await open(), { remote: 'block', urls });
    expect(body.html).toContain('Bonjour');
    expect(body.html).not.toMatch(/script|onclick|evil\.example/);
    expect(body.html).toContain(`data:image/png;base64,${PIXEL.slice(0, 40)}`);
    expect(body.blockedRemote).toBe(1);
  });

  it('lets a plugin change a part before the sanitiser, which is last', async () => {
    await start([MIXED]);
    bench.hooks.on('p', 'message:part', ({ kind }) => ({
      kind,
      content: '<b>clair</b><script>x</script>',
    }));
    const body = await bench.mail.body(bench.actor, await open(), { remote: 'block', urls });
    expect(body.html).toContain('<b>clair</b>');
    expect(body.html).not.toContain('script');
  });

  it('shows plugins a part decoded, which each may change in turn', async () => {
    await start([MIXED]);
    bench.hooks.on('p', 'message:part', (part) => ({
      ...part,
      content: part.content.replace('Bonjour', 'Bonsoir'),
    }));
    bench.hooks.on('p', 'message:part', (part) => ({
      ...part,
      content: `${part.content}<i>lu</i>`,
    }));
    const body = await bench.mail.body(bench.actor, await open(), { remote: 'block', urls });
    expect(body.html).toContain('Bonsoir');
    expect(body.html).toContain('<i>lu</i>');
    expect(body.html).not.toContain('Bonjour');
  });

  it('opens the message inside it', async () => {
    await start([MIXED]);
    const view = await open({ inside: '3' });
    expect(view).toMatchObject({ subject: 'Dedans', from: [{ mail: 'inner@x.example' }] });
    const body = await bench.mail.body(bench.actor, view, { remote: 'block', urls, inside: '3' });
    expect(body.html).toContain('Texte du dedans');
    await expect(open({ inside: '2' })).rejects.toThrow('message/not-found');
    await expect(open({ inside: '1 BODY[]' })).rejects.toThrow('message/not-found');
  });

  it('streams its parts decoded, and its source as it is', async () => {
    await start([MIXED]);
    const { ref } = await open();
    const part = await bench.mail.part(bench.actor, ref, '2');
    expect(part).toMatchObject({ filename: 'note.pdf', type: 'application/pdf' });
    expect((await buffer(part.stream)).toString()).toBe('%PDF-1.4 contenu');
    const source = await bench.mail.source(bench.actor, ref);
    expect(await buffer(source.stream)).toEqual(MIXED);
    await expect(bench.mail.part(bench.actor, ref, '9')).rejects.toThrow('message/not-found');
    await expect(bench.mail.part(bench.actor, ref, '1')).rejects.toThrow('message/not-found');
  });

  it('streams something larger than a slice, and a reader that stops holds no connection', async () => {
    const text = `${'Une ligne assez longue pour compter. '.repeat(40)}\r\n`.repeat(1200);
    const raw = aMessage({ text });
    await start([raw], [], { limits: { connections: 1 } });
    const { ref } = await open();
    const stalled = await bench.mail.source(bench.actor, ref);
    stalled.stream.once('data', () => stalled.stream.pause());
    expect((await inbox()).total).toBe(1);
    const whole = await bench.mail.source(bench.actor, ref);
    expect((await buffer(whole.stream)).equals(raw)).toBe(true);
    stalled.stream.destroy();
  });

  it('cuts a body beyond the limit, and says so', async () => {
    const raw = aMessage({ text: 'mot '.repeat(60_000) });
    await start([raw], [], { mail: { limits: { bodyBytes: 20_000 } } });
    const body = await bench.mail.body(bench.actor, await open(), { remote: 'block', urls });
    expect(body.truncated).toBe(true);
    expect(body.html.length).toBeLessThan(60_000);
  });

  it('is offered as a download when the worker cannot finish', async () => {
    const runTask = () => Promise.reject(new AppError('worker/timeout'));
    await start([MIXED], [], { mail: { runTask } });
    await expect(
      bench.mail.body(bench.actor, await open(), { remote: 'block', urls }),
    ).rejects.toThrow('message/too-complex');
  });

  it('quotes as text and as safe HTML', async () => {
    await start([MIXED]);
    const quotable = await bench.mail.quotable(bench.actor, await open());
    expect(quotable.text).toContain('Bonjour');
    expect(quotable.html).toContain('cid:logo@x');
    expect(quotable.html).not.toContain('script');
  });

  it('lists its headers decoded', async () => {
    await start([MIXED]);
    const headers = await bench.mail.headers(bench.actor, (await open()).ref);
    expect(headers[2]).toEqual({ name: 'Subject', value: 'Réunion' });
  });

  it('warns of a sender who hides, and keeps raw 8-bit text readable', async () => {
    const latin = Buffer.from(
      aMessage({ subject: 'Été', from: '"chef@culture.gouv.example" <pirate@x.example>' }).toString(
        'utf8',
      ),
      'latin1',
    );
    await start([latin]);
    const view = await open();
    expect(view.warnings).toContain('deceptiveName');
    expect(view.subject).toBe('Été');
    expect((await inbox()).rows[0]?.subject).toBe('Été');
  });

  it.each([30, 200])(
    'nested %d levels deep is listed and offered as a download',
    async (levels) => {
      let body = 'Content-Type: text/plain\r\n\r\nau fond';
      for (let i = 0; i < levels; i++) {
        body = `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n${body}\r\n--b${i}--`;
      }
      const raw = Buffer.from(
        `From: a@x.example\r\nSubject: Poup\u00e9e russe\r\nMIME-Version: 1.0\r\n${body}\r\n`,
      );
      await start([raw, dated('autre', 1)]);
      expect((await inbox()).rows).toHaveLength(2);
      const uid = (await inbox()).rows.find((row) => row.subject !== 'autre')?.uid as Uid;
      const view = await bench.mail.message(bench.actor, { mailbox: 'INBOX', uid });
      expect(view).toMatchObject({ tooComplex: true, bodies: [], subject: 'Poup\u00e9e russe' });
      expect((await bench.mail.body(bench.actor, view, { remote: 'block', urls })).html).toBe('');
      const source = await bench.mail.source(bench.actor, view.ref);
      expect((await buffer(source.stream)).equals(raw)).toBe(true);
    },
  );

  it('is not found once gone, and never guessed at after a new UIDVALIDITY', async () => {
    await start([MIXED, aMessage()]);
    const { rows, uidValidity } = await inbox();
    const uid = rows[0]?.uid as Uid;
    await expect(
      bench.mail.message(bench.actor, { mailbox: 'INBOX', uid: 999 as Uid }),
    ).rejects.toThrow('message/not-found');
    server.renewUidValidity('alice', 'INBOX');
    const selection = { mailbox: 'INBOX', uidValidity, uids: [uid] };
    await expect(
      bench.mail.message(bench.actor, { mailbox: 'INBOX', uid, uidValidity }),
    ).rejects.toThrow('mailbox/changed');
    await expect(bench.mail.remove(bench.actor, selection)).rejects.toThrow('mailbox/changed');
    await expect(bench.mail.flag(bench.actor, selection, 'seen', true)).rejects.toThrow(
      'mailbox/changed',
    );
    expect(server.mailbox('alice', 'INBOX')).toHaveLength(2);
    expect((await inbox()).uidValidity).not.toBe(uidValidity);
  });
});

describe('an action', () => {
  const few = () => [dated('a', 3), dated('b', 2), dated('c', 1)];
  const at = (path: string) => server.mailbox('alice', path).length;

  it.each([[[]], [['MOVE']], [['MOVE', 'UIDPLUS']]])(
    'moves, and the next list knows, without %j',
    async (hide) => {
      await start(few(), hide);
      const result = await bench.mail.archive(bench.actor, await select('b'));
      expect(await subjects()).toEqual(['a', 'c']);
      expect((await inbox()).total).toBe(2);
      expect(at('Archive')).toBe(1);
      if (hide.includes('UIDPLUS')) return;
      expect(result.moved?.uids).toHaveLength(1);
      const { mailbox, uidValidity, uids } = result.moved ?? {
        mailbox: '',
        uidValidity: undefined,
        uids: [],
      };
      await bench.mail.move(
        bench.actor,
        { mailbox, uidValidity: uidValidity as UidValidity, uids },
        'INBOX',
      );
      expect(await subjects()).toEqual(['a', 'b', 'c']);
    },
  );

  it('deletes to Trash, then for good; empties only Trash and Junk', async () => {
    await start(few());
    const { mail, actor } = bench;
    const { moved } = await mail.remove(actor, await select('a', 'b'));
    expect([at('INBOX'), at('Trash')]).toEqual([1, 2]);
    const trash = { mailbox: 'Trash', uidValidity: moved?.uidValidity as UidValidity };
    await mail.remove(actor, { ...trash, uids: moved?.uids.slice(0, 1) ?? [] });
    expect(at('Trash')).toBe(1);
    expect(await mail.empty(actor, 'Trash', trash.uidValidity)).toEqual({ count: 1 });
    expect(at('Trash')).toBe(0);
    const { uidValidity } = await inbox();
    await expect(mail.empty(actor, 'INBOX', uidValidity)).rejects.toThrow('mailbox/forbidden');
  });

  it('never expunges what another client marked', async () => {
    await start(few(), ['UIDPLUS', 'MOVE']);
    await bench.mail.flag(bench.actor, await select('c'), 'deleted', true);
    await bench.mail.expunge(bench.actor, await select('a'));
    expect(server.mailbox('alice', 'INBOX').map((one) => one.flags.includes('\\Deleted'))).toEqual([
      false,
      true,
    ]);
  });

  it('teaches the junk filter both ways', async () => {
    await start(few());
    const { moved } = await bench.mail.junk(bench.actor, await select('a'), true);
    expect(server.mailbox('alice', 'Junk')[0]?.flags).toContain('$Junk');
    const back = {
      mailbox: 'Junk',
      uidValidity: moved?.uidValidity as UidValidity,
      uids: moved?.uids ?? [],
    };
    await bench.mail.junk(bench.actor, back, false);
    const flags = server.mailbox('alice', 'INBOX').at(-1)?.flags;
    expect(flags).toContain('$NotJunk');
    expect(flags).not.toContain('$Junk');
  });

  it('flags and unflags, shown at once', async () => {
    await start(few());
    await bench.mail.flag(bench.actor, await select('a', 'c'), 'flagged', true);
    expect(await subjects({ criteria: { flagged: true } })).toEqual(['a', 'c']);
    await bench.mail.flag(bench.actor, await select('a'), 'flagged', false);
    expect(await subjects({ criteria: { flagged: true } })).toEqual(['c']);
  });

  it('copies', async () => {
    await start(few());
    await bench.mail.copy(bench.actor, await select('a'), 'Projets/Été & hiver "2026"');
    expect([at('INBOX'), at('Projets/Été & hiver "2026"')]).toEqual([3, 1]);
  });

  it('asks the guard once for the batch, and tells what was done', async () => {
    await start(few());
    const told: unknown[] = [];
    bench.hooks.on('p', 'message:changed', (event) => {
      told.push([event.op, event.on.uids.length, event.newUids.length]);
    });
    await bench.mail.archive(bench.actor, await select('a', 'b'));
    await until('the news', () => told.length > 0);
    expect(told).toEqual([['move', 2, 2]]);
    bench.hooks.on('p', 'message:changing', () => ({ deny: true as const, code: 'held' }));
    await expect(bench.mail.remove(bench.actor, await select('c'))).rejects.toThrow(
      'plugin/denied',
    );
    expect(at('INBOX')).toBe(1);
  });

  it('says when the server refused, and changes nothing here', async () => {
    await start(few());
    const on = await select('a');
    await bench.mail.special(bench.actor, 'trash');
    server.faults.refuse('UID MOVE', '[OVERQUOTA] full');
    await expect(bench.mail.remove(bench.actor, on)).rejects.toThrow('imap/over-quota');
    server.faults.refuse('UID STORE', 'no');
    await expect(bench.mail.flag(bench.actor, on, 'seen', true)).rejects.toThrow('imap/refused');
    server.faults.clear();
    expect(await subjects()).toEqual(['a', 'b', 'c']);
  });

  it('appends from a file, tells where, and finds it again', async () => {
    await start([]);
    const directory = await mkdtemp(join(tmpdir(), 'append-'));
    const raw = aMessage({ subject: 'Copie' });
    const path = join(directory, 'message.eml');
    await writeFile(path, raw);
    const { mail, actor } = bench;
    const sent = await mail.special(actor, 'sent');
    const options = { flags: ['\\Seen'], purpose: 'sent' } as const;
    const where = await mail.append(actor, sent, { path, sizeBytes: raw.length }, options);
    expect(server.mailbox('alice', sent)[0]).toMatchObject({ uid: where?.uid, raw });
    const id = /Message-ID: (.*)\r\n/.exec(raw.toString())?.[1] ?? '';
    const uidValidity = where?.uidValidity;
    const found = await mail.findByMessageId(actor, sent, id);
    expect(found).toEqual({ uidValidity, uids: [where?.uid] });
    // A server finds it by a part of its id as well.
    for (const other of ['<other@x>', id.slice(2), id.slice(0, -2)]) {
      expect((await mail.findByMessageId(actor, sent, other)).uids).toEqual([]);
    }
    server.faults.failAppend('[OVERQUOTA] full');
    await expect(
      mail.append(actor, sent, { path, sizeBytes: raw.length }, options),
    ).rejects.toThrow('imap/over-quota');
    await rm(directory, { recursive: true });
  });

  it('finds a copy that another client has filed meanwhile', async () => {
    await start([]);
    const { mail, actor } = bench;
    const sent = await mail.special(actor, 'sent');
    const raw = aMessage({ subject: 'Copie' });
    const id = /Message-ID: (.*)\r\n/.exec(raw.toString())?.[1] ?? '';
    // The connection that looks again has the mailbox open, and has not been told of anything.
    expect((await mail.findByMessageId(actor, sent, id)).uids).toEqual([]);

    const uid = server.deliver('alice', raw, sent);

    expect((await mail.findByMessageId(actor, sent, id)).uids).toEqual([uid]);
  });

  it('tells the quota where there is one', async () => {
    await start([aMessage()]);
    expect((await bench.mail.quota(bench.actor))?.limitBytes).toBeGreaterThan(0);
    await bench.close();
    await server.close();
    await start([], ['QUOTA']);
    expect(await bench.mail.quota(bench.actor)).toBeUndefined();
  });
});

describe('two sessions of one person', () => {
  it('share connections until the last signs out', async () => {
    await start([aMessage()]);
    const second = anActor({ server, session: 's2' });
    await inbox();
    await bench.mail.list(second, { ...ALL, mailbox: 'INBOX', page: 1 });
    expect(bench.pool.stats().accounts).toBe(1);
    bench.mail.release(bench.actor);
    expect(bench.pool.stats().connections).toBeGreaterThan(0);
    bench.mail.release(second);
    expect(bench.pool.stats().connections).toBe(0);
    await until('the server sees them close', () => server.stats().connections === 0);
  });

  it('cannot be opened again by work that outlived the sign-out', async () => {
    await start([aMessage()]);
    await inbox();
    bench.mail.release(bench.actor);
    await expect(inbox()).rejects.toThrow('session/required');
    expect(bench.pool.stats().connections).toBe(0);
  });
});
