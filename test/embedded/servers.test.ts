import { ImapFlow } from 'imapflow';
import { Attribute, Change, Client } from 'ldapts';
import nodemailer from 'nodemailer';
import { seedMessages } from '../../src/demo/data';
import { startDemoImap } from '../../src/demo/imap';
import { startDemoStack } from '../../src/demo/stack';
import { RawImap } from '../kit/raw-imap';
import { useTestServers } from '../kit/servers';

const servers = useTestServers();
const opened: ImapFlow[] = [];

interface Where {
  readonly host: string;
  readonly port: number;
}

async function connect(where: Where, user: string, pass: string): Promise<ImapFlow> {
  const client = new ImapFlow({ ...where, secure: false, auth: { user, pass }, logger: false });
  client.on('error', () => undefined);
  opened.push(client);
  await client.connect();
  return client;
}

const capucine = 'capucine.martelet';
const signIn = (user = capucine, pass = 'demo-capucine'): Promise<ImapFlow> =>
  connect(servers().imap, user, pass);
const rawSignIn = (): Promise<RawImap> => RawImap.login(servers().imap, capucine, 'demo-capucine');

/** imapflow answers `false` or nothing for some failures. */
function present<T>(value: T | false | undefined): T {
  if (value === false || value === undefined) throw new Error('the server refused');
  return value;
}

/** A mailbox of this test alone. */
let mailboxes = 0;
async function freshMailbox(client: ImapFlow): Promise<string> {
  const path = `Essai ${++mailboxes}`;
  await client.mailboxCreate(path);
  return path;
}

const mail = (subject: string, body = 'Bonjour'): string =>
  `From: a@b.example\r\nTo: c@d.example\r\nSubject: ${subject}\r\nDate: Tue, 01 Sep 2026 10:00:00 +0200\r\nMessage-ID: <${subject}@b.example>\r\n\r\n${body}\r\n`;

/** Resolves with the next event of a kind. */
const once = (
  client: ImapFlow,
  event: 'exists' | 'flags' | 'expunge',
): Promise<Record<string, unknown>> =>
  new Promise((resolve) => {
    client.once(event, (value: unknown) => resolve(value as Record<string, unknown>));
  });

afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

describe('demo IMAP: accounts', () => {
  it('signs in by login and by address, each to the same mailboxes', async () => {
    const byUid = await signIn();
    await byUid.append('INBOX', mail('alias'));
    const byMail = await signIn('Capucine.Martelet@saisons.example');
    const lock = await byMail.mailboxOpen('INBOX');

    expect(lock.exists).toBe(servers().imap.mailbox(capucine, 'INBOX').length);
  });

  it('refuses a wrong password and keeps agents apart', async () => {
    await expect(signIn(capucine, 'wrong')).rejects.toMatchObject({ authenticationFailed: true });
    const other = await signIn('odile.tramontane', 'demo-odile');

    expect((await other.mailboxOpen('INBOX')).exists).toBe(0);
  });

  it('refuses more connections than allowed for one user', async () => {
    const user = { username: 'u', password: 'p', mailboxes: [] };
    const server = await startDemoImap({ users: [user], maxConnectionsPerUser: 1 });
    const first = await RawImap.login(server, 'u', 'p');
    const second = await RawImap.connect(server);

    expect((await second.command('LOGIN u p')).text).toContain('[LIMIT]');
    first.close();
    second.close();
    await server.close();
  });
});

describe('demo IMAP: mailboxes', () => {
  it('lists special-use mailboxes with their counters in one command', async () => {
    const client = await signIn();
    const before = servers().imap.stats().commands;
    const list = await client.list({ statusQuery: { messages: true, unseen: true } });
    const uses = Object.fromEntries(list.map(({ path, specialUse }) => [path, specialUse]));

    expect(uses).toMatchObject({
      INBOX: '\\Inbox',
      Drafts: '\\Drafts',
      Sent: '\\Sent',
      Junk: '\\Junk',
      Trash: '\\Trash',
      Archive: '\\Archive',
    });
    expect(list.every(({ status }) => status !== undefined)).toBe(true);
    expect(servers().imap.stats().commands - before).toBe(1);
  });

  it('creates, renames with children, subscribes and deletes, accents included', async () => {
    const client = await signIn();
    await client.mailboxCreate('Été & cie');
    await client.mailboxCreate('Été & cie/Août');
    await client.mailboxRename('Été & cie', 'Hiver');
    const paths = (await client.list()).map(({ path }) => path);

    expect(paths).toEqual(expect.arrayContaining(['Hiver', 'Hiver/Août']));
    expect(paths).not.toContain('Été & cie');
    await client.mailboxDelete('Hiver');
    const phantom = (await client.list()).find(({ path }) => path === 'Hiver');
    expect(phantom?.flags).toContain('\\Noselect');
    await client.mailboxDelete('Hiver/Août');
  });

  it('tells the quota and applies it to APPEND', async () => {
    const server = await startDemoImap({
      users: [{ username: 'u', password: 'p', mailboxes: [], quotaBytes: 2048 }],
    });
    const client = await connect(server, 'u', 'p');
    const quota = await client.getQuota('INBOX');

    expect(present(quota).storage).toMatchObject({ limit: 2048, usage: 0 });
    await expect(client.append('INBOX', mail('big', 'x'.repeat(4000)))).rejects.toMatchObject({
      serverResponseCode: 'OVERQUOTA',
    });
    client.close();
    await server.close();
  });
});

describe('demo IMAP: messages', () => {
  it('gives back the very bytes appended, 8-bit included, with flags and date', async () => {
    const client = await signIn();
    const path = await freshMailbox(client);
    const raw = Buffer.from(mail('octets', 'caf\xe9 \xff'), 'latin1');
    const date = new Date('2026-01-02T03:04:05Z');
    const appended = await client.append(path, raw, ['\\Seen', 'Travail'], date);
    await client.mailboxOpen(path);
    const uid = String(present(appended).uid);
    const found = await client.fetchOne(
      uid,
      { source: true, flags: true, internalDate: true },
      { uid: true },
    );

    if (!found) throw new Error('not found');
    expect(found.source?.equals(raw)).toBe(true);
    expect(found.flags).toEqual(new Set(['\\Seen', 'Travail']));
    expect(new Date(found.internalDate ?? 0)).toEqual(date);
  });

  it('streams one part of a nested message and decodes it', async () => {
    const client = await signIn();
    const path = await freshMailbox(client);
    const inner = mail('dedans', 'texte intérieur');
    const raw = `Subject: dehors\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nun\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--b--\r\n`;
    await client.append(path, raw);
    await client.mailboxOpen(path);
    const { content } = await client.download('1', '2.1', { uid: true });
    const chunks: Buffer[] = [];
    for await (const chunk of present(content)) chunks.push(chunk as Buffer);

    expect(Buffer.concat(chunks).toString()).toContain('texte intérieur');
  });

  it('copies and moves with the uid map', async () => {
    const client = await signIn();
    const path = await freshMailbox(client);
    const target = await freshMailbox(client);
    await client.append(path, mail('un'));
    await client.append(path, mail('deux'));
    await client.mailboxOpen(path);

    const copied = await client.messageCopy('1:2', target, { uid: true });
    const moved = await client.messageMove('2', target, { uid: true });

    expect(present(copied).uidMap).toEqual(
      new Map([
        [1, 1],
        [2, 2],
      ]),
    );
    expect(present(moved).uidMap).toEqual(new Map([[2, 3]]));
    expect(servers().imap.mailbox(capucine, path)).toHaveLength(1);
  });

  it('finds by header, text, accents, flags, keyword, size and dates', async () => {
    const client = await signIn();
    const path = await freshMailbox(client);
    await client.append(path, mail('=?utf-8?Q?=C3=89quinoxe?=', 'le vent'), ['\\Seen', 'Urgent']);
    await client.append(
      path,
      mail('autre', `${'long '.repeat(500)}giboulée`),
      ['\\Flagged'],
      new Date('2020-05-05'),
    );
    await client.mailboxOpen(path);
    const find = (query: Parameters<ImapFlow['search']>[0]): Promise<number[] | false> =>
      client.search(query, { uid: true }) as Promise<number[] | false>;

    expect(await find({ subject: 'équinoxe' })).toEqual([1]);
    expect(await find({ body: 'GIBOULÉE' })).toEqual([2]);
    expect(await find({ text: 'autre' })).toEqual([2]);
    expect(await find({ from: 'b.example' })).toEqual([1, 2]);
    expect(await find({ seen: false })).toEqual([2]);
    expect(await find({ keyword: 'Urgent' })).toEqual([1]);
    expect(await find({ larger: 1000 })).toEqual([2]);
    expect(await find({ before: new Date('2021-01-01') })).toEqual([2]);
    expect(await find({ sentOn: new Date('2026-09-01') })).toEqual([1, 2]);
    expect(
      await find({ or: [{ flagged: true }, { seen: true }], not: { keyword: 'Urgent' } }),
    ).toEqual([2]);
    expect(await find({ header: { 'message-id': '<autre@b.example>' } })).toEqual([2]);
  });

  it('tells only what changed since a modseq', async () => {
    const client = await signIn();
    const path = await freshMailbox(client);
    for (const subject of ['a', 'b', 'c']) await client.append(path, mail(subject));
    const { highestModseq } = await client.mailboxOpen(path);
    await client.messageFlagsAdd('2', ['\\Flagged'], { uid: true });
    const changed: number[] = [];
    for await (const message of client.fetch(
      '1:*',
      { uid: true, flags: true },
      { uid: true, changedSince: highestModseq ?? 0n },
    )) {
      changed.push(message.uid);
    }

    expect(changed).toEqual([2]);
  });

  it('refuses a conditional STORE on a newer message', async () => {
    const client = await rawSignIn();
    await client.ok('CREATE Condition');
    await client.append('Condition', mail('x'));
    await client.ok('SELECT Condition (CONDSTORE)');
    await client.ok('STORE 1 +FLAGS (\\Seen)');
    const answer = await client.ok('STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Deleted)');

    expect(answer.text).toContain('[MODIFIED 1]');
    expect(servers().imap.mailbox(capucine, 'Condition')[0]?.flags).toEqual(['\\Seen']);
    client.close();
  });
});

describe('demo IMAP: changes made elsewhere', () => {
  it('tells an idling connection of new mail, flags and expunges', async () => {
    const client = await signIn();
    const path = await freshMailbox(client);
    const other = await rawSignIn();
    await client.mailboxOpen(path);
    void client.idle();
    const arrived = once(client, 'exists');
    // IDLE has begun once the server has counted it; the events below come after.
    await other.append(path, mail('nouveau'));
    expect(await arrived).toMatchObject({ path, count: 1 });

    const flagged = once(client, 'flags');
    await other.ok(`SELECT "${path}"`);
    await other.ok('UID STORE 1 +FLAGS (\\Flagged)');
    expect(await flagged).toMatchObject({ path, uid: 1 });

    const gone = once(client, 'expunge');
    await other.ok('UID MOVE 1 Trash');
    expect(await gone).toMatchObject({ path, seq: 1 });
    other.close();
  });

  it('keeps sequence numbers still until an expunge may be told', async () => {
    const one = await rawSignIn();
    const two = await rawSignIn();
    await one.ok('CREATE Rangs');
    for (const subject of ['a', 'b']) await one.append('Rangs', mail(subject));
    await one.ok('SELECT Rangs');
    await two.ok('SELECT Rangs');
    await two.ok('STORE 1 +FLAGS (\\Deleted)');
    await two.ok('EXPUNGE');

    const during = await one.ok('FETCH 1:* (UID)');
    const after = await one.ok('NOOP');

    expect(during.untagged).toEqual(['* 2 FETCH (UID 2)']);
    expect(after.untagged).toEqual(['* 1 EXPUNGE']);
    one.close();
    two.close();
  });

  it('gives a renewed mailbox another UIDVALIDITY and drops who had it open', async () => {
    const client = await rawSignIn();
    await client.ok('CREATE Restaure');
    await client.append('Restaure', mail('x'));
    const before = await client.ok('STATUS Restaure (UIDVALIDITY)');
    await client.ok('SELECT Restaure');

    servers().imap.renewUidValidity(capucine, 'Restaure');
    await client.closed();
    const again = await rawSignIn();
    const after = await again.ok('STATUS Restaure (UIDVALIDITY)');

    expect(after.untagged).not.toEqual(before.untagged);
    again.close();
  });
});

describe('demo IMAP: hostile clients', () => {
  it.each([
    'FETCH 1:* (BODY[',
    'SEARCH ((((((',
    `SEARCH ${'NOT '.repeat(100_000)}SEEN`,
    'LIST "" "*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%*%x*y*z*a*b*c*d*e*f*g*h*i"',
    'STORE 1 FLAGS',
    'UID NOOP',
    '__proto__',
    'constructor',
    'FETCH 99999999999 FLAGS',
  ])('answers a broken or greedy command (%#) and goes on', async (line) => {
    const client = await rawSignIn();
    await client.ok('SELECT INBOX');
    const answer = await client.command(line);

    expect(['BAD', 'NO', 'OK']).toContain(answer.status);
    expect((await client.ok('NOOP')).status).toBe('OK');
    client.close();
  });

  it('serves nothing before sign-in', async () => {
    const client = await RawImap.connect(servers().imap);

    expect((await client.command('SELECT INBOX')).status).toBe('BAD');
    expect((await client.command('LIST "" "*"')).untagged).toEqual([]);
    client.close();
  });
});

describe('demo IMAP: hidden capabilities', () => {
  it('neither announces nor serves them, and the client falls back', async () => {
    const user = {
      username: 'u',
      password: 'p',
      mailboxes: [{ path: 'INBOX', messages: [{ raw: mail('x') }] }, { path: 'Trash' }],
    };
    const hide = ['MOVE', 'UIDPLUS', 'CONDSTORE', 'LIST-STATUS', 'SPECIAL-USE', 'QUOTA', 'IDLE'];
    const server = await startDemoImap({ users: [user], hide });
    const client = await connect(server, 'u', 'p');
    const { highestModseq } = await client.mailboxOpen('INBOX');
    await client.messageMove('1', 'Trash', { uid: true });

    expect([...client.capabilities.keys()]).not.toEqual(expect.arrayContaining(['MOVE']));
    expect(highestModseq).toBeUndefined();
    expect(server.mailbox('u', 'INBOX')).toHaveLength(0);
    expect(server.mailbox('u', 'Trash')).toHaveLength(1);
    expect(await client.getQuota('INBOX')).toBe(false);
    const raw = await RawImap.login(server, 'u', 'p');
    await raw.ok('SELECT Trash');
    expect((await raw.command('UID MOVE 1 INBOX')).status).toBe('BAD');
    raw.close();
    client.close();
    await server.close();
  });
});

describe('demo IMAP: faults', () => {
  it('cuts the connection after so many commands, once', async () => {
    const client = await rawSignIn();
    servers().imap.faults.dropAfter(1);
    await client.ok('NOOP');
    await expect(client.command('NOOP')).rejects.toThrow('closed');

    const again = await rawSignIn();
    expect((await again.ok('NOOP')).status).toBe('OK');
    again.close();
  });

  it('cuts in the middle of an answer', async () => {
    const client = await rawSignIn();
    await client.ok('CREATE Coupure');
    await client.append('Coupure', mail('long', 'x'.repeat(5000)));
    await client.ok('SELECT Coupure');
    servers().imap.faults.dropAfter(1000, 'bytes');

    await expect(client.command('FETCH 1 BODY[]')).rejects.toThrow('closed');
  });

  it('refuses one command or the APPEND to one mailbox, and stops when asked', async () => {
    const client = await rawSignIn();
    const { faults } = servers().imap;
    faults.refuse('SELECT', '[UNAVAILABLE] later');
    faults.failAppend('[OVERQUOTA] full', 'Sent');

    expect((await client.command('SELECT INBOX')).text).toBe('NO [UNAVAILABLE] later');
    const appended = await client.command('APPEND Sent {}', Buffer.from(mail('x')));
    expect(appended.text).toBe('NO [OVERQUOTA] full');
    expect((await client.append('Drafts', mail('y'))).status).toBe('OK');
    faults.clear();
    expect((await client.ok('SELECT INBOX')).status).toBe('OK');
    client.close();
  });

  it('says BYE, refuses connections while down, and is back afterwards', async () => {
    const client = await rawSignIn();
    const { faults } = servers().imap;
    faults.bye('maintenance');
    expect(await client.line()).toBe('* BYE maintenance');
    await client.closed();

    faults.down(true);
    await expect(RawImap.connect(servers().imap)).rejects.toThrow('closed');
    faults.down(false);
    (await rawSignIn()).close();
  });

  it('garbles what it says', async () => {
    const client = await rawSignIn();
    servers().imap.faults.garble(true);
    client.send('X NOOP\r\n');

    expect(await client.line()).toContain('<script>');
    client.close();
  });

  it('keeps quiet when silent: the connection stays open and nothing comes', async () => {
    const client = await rawSignIn();
    const { faults, stats } = {
      faults: servers().imap.faults,
      stats: () => servers().imap.stats(),
    };
    faults.silent(true);
    const before = stats().commands;
    client.send('X NOOP\r\nY NOOP\r\n');
    const second = await rawWaitForCommands(before + 2);

    expect(second).toBe(before + 2);
    faults.silent(false);
    client.send('Z NOOP\r\n');
    expect(await client.line()).toBe('Z OK done');
    client.close();
  });
});

/** Waits, turn by turn of the event loop, until the server has read so many commands. */
async function rawWaitForCommands(count: number): Promise<number> {
  while (servers().imap.stats().commands < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return servers().imap.stats().commands;
}

describe('demo SMTP', () => {
  const transport = (user = capucine, pass = 'demo-capucine') =>
    nodemailer.createTransport({
      host: servers().smtp.host,
      port: servers().smtp.port,
      secure: false,
      ignoreTLS: true,
      auth: { user, pass },
    });
  const letter = {
    from: 'capucine.martelet@saisons.example',
    to: ['odile.tramontane@saisons.example', 'ailleurs@monde.example'],
    subject: 'Bonjour',
    text: 'Bonjour Odile',
  };

  it('delivers to our agents with trace headers and keeps the rest outside', async () => {
    const before = servers().imap.mailbox('odile.tramontane', 'INBOX').length;
    await transport().sendMail(letter);
    const inbox = servers().imap.mailbox('odile.tramontane', 'INBOX');
    const raw = inbox.at(-1)?.raw.toString() ?? '';

    expect(inbox).toHaveLength(before + 1);
    expect(raw).toMatch(/^Return-Path: <capucine.martelet@saisons.example>\r\nReceived: from /);
    expect(servers().smtp.outside.at(-1)?.to).toEqual(['ailleurs@monde.example']);
    expect(servers().smtp.transactions.at(-1)).toMatchObject({ username: capucine, to: letter.to });
  });

  it('wants the right password', async () => {
    await expect(transport(capucine, 'wrong').sendMail(letter)).rejects.toMatchObject({
      responseCode: 535,
    });
  });

  it('refuses one recipient and delivers to the others', async () => {
    servers().smtp.faults.reject('ailleurs@monde.example', 550);
    const info = await transport().sendMail(letter);

    expect(info.rejected).toEqual(['ailleurs@monde.example']);
    expect(info.accepted).toEqual(['odile.tramontane@saisons.example']);
  });

  it('answers 451 at the sender and 554 at the end of data when told', async () => {
    const { faults, transactions } = servers().smtp;
    const before = transactions.length;
    faults.tempfail(true);
    await expect(transport().sendMail(letter)).rejects.toMatchObject({ responseCode: 451 });
    faults.tempfail(false);
    faults.refuseData(554);
    await expect(transport().sendMail(letter)).rejects.toMatchObject({ responseCode: 554 });

    expect(transactions).toHaveLength(before);
  });

  it('delivers and loses the answer', async () => {
    const before = servers().smtp.transactions.length;
    servers().smtp.faults.dropAfterData();

    await expect(transport().sendMail(letter)).rejects.toThrow(/closed|reset/i);
    expect(servers().smtp.transactions).toHaveLength(before + 1);
    await transport().sendMail(letter);
    expect(servers().smtp.transactions).toHaveLength(before + 2);
  });

  it('refuses what is larger than it says', async () => {
    const stack = await startDemoStack({ seed: false, smtpMaxBytes: 10_000 });
    const { host, port } = stack.smtp;
    const small = nodemailer.createTransport({
      host,
      port,
      secure: false,
      ignoreTLS: true,
      auth: { user: capucine, pass: 'demo-capucine' },
    });
    const sent = small.sendMail({ ...letter, text: 'x'.repeat(20_000) });

    await expect(sent).rejects.toMatchObject({ responseCode: 552 });
    expect(stack.smtp.transactions).toHaveLength(0);
    await stack.close();
  });
});

describe('demo LDAP', () => {
  const base = 'dc=saisons,dc=example';
  const service = 'cn=messagerie,ou=applications,dc=saisons,dc=example';

  async function bound(): Promise<Client> {
    const client = new Client({ url: servers().ldap.url, timeout: 5000, connectTimeout: 5000 });
    await client.bind(service, 'messagerie-saisons');
    return client;
  }

  it.each([
    '(uid=capucine.martelet)',
    '(UID=Capucine.MARTELET)',
    '(|(uid=x)(mail=capucine.martelet@saisons.example))',
    '(&(objectclass=inetorgperson)(CN=*mart*let))',
    '(&(sn=mart*)(!(uid=odile.tramontane)))',
  ])('finds the agent by %s', async (filter) => {
    const client = await bound();
    const { searchEntries } = await client.search(base, { filter, attributes: ['cn', 'mail'] });
    await client.unbind();

    expect(searchEntries).toEqual([
      {
        dn: 'uid=capucine.martelet,ou=stations,ou=mesure,ou=giboulees,ou=agents,dc=saisons,dc=example',
        cn: 'Capucine Martelet',
        mail: 'capucine.martelet@saisons.example',
      },
    ]);
  });

  it('takes escaped filter characters literally', async () => {
    const client = await bound();
    const { searchEntries } = await client.search(base, { filter: '(uid=\\2a)' });
    await client.unbind();

    expect(searchEntries).toEqual([]);
  });

  it('binds an agent with the right password only, never with an empty one', async () => {
    const dn =
      'uid=capucine.martelet,ou=stations,ou=mesure,ou=giboulees,ou=agents,dc=saisons,dc=example';
    const bind = async (password: string): Promise<void> => {
      const client = new Client({ url: servers().ldap.url });
      try {
        await client.bind(dn, password);
      } finally {
        await client.unbind();
      }
    };

    await expect(bind('demo-capucine')).resolves.toBeUndefined();
    await expect(bind('wrong')).rejects.toMatchObject({ code: 49 });
    await expect(bind('')).rejects.toMatchObject({ code: 49 });
  });

  it('lets people change a little of their own entry, and nobody else’s', async () => {
    const own = 'uid=theo.grandvent,ou=calendrier,ou=equinoxes,ou=agents,dc=saisons,dc=example';
    const client = new Client({ url: servers().ldap.url });
    const change = (dn: string, type: string, values: string[]) =>
      client.modify(
        dn,
        new Change({ operation: 'replace', modification: new Attribute({ type, values }) }),
      );
    const room = async () => {
      const { searchEntries } = await client.search(own, { scope: 'base' });
      return searchEntries[0]?.['roomNumber'];
    };
    await client.bind(own, 'demo-theo');

    await change(own, 'roomNumber', ['Z9']);
    expect(await room()).toBe('Z9');
    await change(own, 'roomNumber', []);
    expect(await room()).toBeUndefined();
    await expect(change(own, 'mail', ['x@saisons.example'])).rejects.toMatchObject({ code: 50 });
    const odile = 'uid=odile.tramontane,ou=equinoxes,ou=agents,dc=saisons,dc=example';
    await expect(change(odile, 'roomNumber', ['Z9'])).rejects.toMatchObject({ code: 50 });
    await client.unbind();
  });

  it('refuses a search without a bind', async () => {
    const client = new Client({ url: servers().ldap.url });

    await expect(client.search(base, { filter: '(uid=*)' })).rejects.toMatchObject({ code: 50 });
    await client.unbind();
  });

  it('pages through everything', async () => {
    const client = await bound();
    const people = { filter: '(objectClass=inetOrgPerson)', scope: 'sub' as const };
    const whole = await client.search(base, people);
    const paged = await client.search(base, { ...people, paged: { pageSize: 7 } });
    await client.unbind();

    expect(whole.searchEntries.length).toBeGreaterThan(20);
    expect(paged.searchEntries.map(({ dn }) => dn)).toEqual(
      whole.searchEntries.map(({ dn }) => dn),
    );
  });

  it('can be down and come back', async () => {
    servers().ldap.faults.down(true);
    await expect(bound()).rejects.toThrow(/closed|reset/i);
    servers().ldap.faults.down(false);
    await (await bound()).unbind();
  });
});

describe('the whole demo', () => {
  it('starts filled, and lists an inbox in one pass of imapflow', async () => {
    const now = new Date('2026-11-20T09:00:00Z');
    const stack = await startDemoStack({ now });
    const [agent] = stack.agents;
    if (!agent) throw new Error('no agents');
    const client = await connect(stack.imap, agent.username, agent.password);
    const box = await client.mailboxOpen('INBOX');
    const subjects: string[] = [];
    for await (const message of client.fetch('1:*', {
      uid: true,
      envelope: true,
      bodyStructure: true,
    })) {
      subjects.push(message.envelope?.subject ?? '');
    }
    client.close();
    await stack.close();
    const seeded = seedMessages(agent, now).filter(({ mailbox }) => mailbox === 'INBOX');

    expect(box.exists).toBe(seeded.length);
    expect(subjects).toHaveLength(seeded.length);
    expect(subjects).toEqual(
      expect.arrayContaining([
        '観測データについて',
        'Обмен архивными данными',
        'Dossier complet, en sept pièces',
      ]),
    );
  });
});
