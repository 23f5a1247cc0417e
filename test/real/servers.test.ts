import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ImapFlow } from 'imapflow';
import { Client } from 'ldapts';
import { DEMO_MAILBOXES, demoAgents, seedMessages } from '../../src/demo/data';
import { startDemoImap } from '../../src/demo/imap';
import { startDovecot } from '../../src/demo/real/dovecot';
import { findBinary } from '../../src/demo/real/process';
import { startSlapd } from '../../src/demo/real/slapd';
import { useDovecot } from '../kit/dovecot';
import { RawImap } from '../kit/raw-imap';
import { useSlapd } from '../kit/slapd';

const NOW = new Date('2026-11-20T09:00:00Z');
const [capucine] = demoAgents;
if (!capucine) throw new Error('no agents');
const { username, password, mail } = capucine;
const seeded = seedMessages(capucine, NOW);
const user = {
  username,
  password,
  aliases: [mail],
  mailboxes: DEMO_MAILBOXES.map((mailbox) => ({
    ...mailbox,
    messages: seeded.filter((message) => message.mailbox === mailbox.path),
  })),
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('private Dovecot', () => {
  const dovecot = useDovecot(() => ({
    users: [user, { username: 'gros', password: 'gros', mailboxes: DEMO_MAILBOXES }],
  }));
  const signIn = (): Promise<RawImap> => RawImap.login(dovecot(), username, password);

  it('serves the sample mail with its flags, order and special-use mailboxes', async () => {
    const { host, port } = dovecot();
    const auth = { user: mail, pass: password };
    const client = new ImapFlow({
      host,
      port,
      secure: false,
      doSTARTTLS: false,
      auth,
      logger: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    const list = await client.list();
    await client.mailboxOpen('INBOX');
    const flags: string[][] = [];
    for await (const message of client.fetch('1:*', { flags: true })) {
      flags.push([...(message.flags ?? [])].filter((flag) => flag !== '\\Recent').sort());
    }
    await client.logout();

    const uses = new Map(list.map(({ path, specialUse }) => [path, specialUse]));
    for (const { path, specialUse } of DEMO_MAILBOXES.slice(1)) {
      expect(uses.get(path)).toBe(specialUse);
    }
    const inbox = seeded.filter((message) => message.mailbox === 'INBOX');
    expect(flags).toEqual(inbox.map((message) => [...message.flags].sort()));
  });

  it('offers TLS with a certificate its authority signed', async () => {
    const { host, tlsPort, caFile } = dovecot();
    const tls = { ca: await readFile(caFile) };
    const auth = { user: username, pass: password };
    const client = new ImapFlow({ host, port: tlsPort, secure: true, tls, auth, logger: false });
    client.on('error', () => undefined);
    await client.connect();
    expect(client.usable).toBe(true);
    await client.logout();

    const trusting = new ImapFlow({ host, port: tlsPort, secure: true, auth, logger: false });
    trusting.on('error', () => undefined);
    await expect(trusting.connect()).rejects.toThrow(/certificate/i);
    trusting.close();
  });

  it('tells an idling connection of a delivery', async () => {
    const client = new ImapFlow({
      host: dovecot().host,
      port: dovecot().port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: username, pass: password },
      logger: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    const { exists } = await client.mailboxOpen('INBOX');
    const arrived = new Promise<{ count: number }>((resolve) => {
      client.once('exists', resolve);
    });
    void client.idle();
    dovecot().deliver(username, 'Subject: livraison\r\n\r\nBonjour\r\n');

    expect((await arrived).count).toBe(exists + 1);
    client.close();
  });

  it('refuses a wrong password at once', async () => {
    const client = await RawImap.connect(dovecot());

    expect((await client.command(`LOGIN ${username} wrong`)).text).toContain(
      'AUTHENTICATIONFAILED',
    );
    client.close();
  });

  it('tells the quota and lets a user keep many connections', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, signIn));
    const quota = await clients[0]?.ok('GETQUOTAROOT INBOX');
    for (const client of clients) client.close();

    expect(
      quota?.untagged.some((line) => /^\* QUOTA "User quota" \(STORAGE \d+ 5242880/.test(line)),
    ).toBe(true);
  });

  it('generates a large mailbox, indexed, uids in order of date', async () => {
    await dovecot().generateMailbox('gros', 3000);
    const client = await RawImap.login(dovecot(), 'gros', 'gros');
    const selected = await client.ok('SELECT INBOX');
    const sorted = await client.ok('UID SORT (ARRIVAL) UTF-8 ALL');
    const seen = await client.ok('SEARCH SEEN');
    client.close();

    expect(selected.untagged).toContain('* 3000 EXISTS');
    const expected = Array.from({ length: 3000 }, (_value, index) => index + 1).join(' ');
    expect(sorted.untagged).toEqual([`* SORT ${expected}`]);
    expect(seen.untagged[0]?.split(' ').length).toBeGreaterThan(2500);
  });

  it('sees the sample mail as the demo server does: envelopes, structures, sizes', async () => {
    const demo = await startDemoImap({ users: [user] });
    const query = { envelope: true, bodyStructure: true, size: true, internalDate: true } as const;
    const read = async ({ host, port }: { host: string; port: number }): Promise<unknown[]> => {
      const auth = { user: username, pass: password };
      const client = new ImapFlow({
        host,
        port,
        secure: false,
        doSTARTTLS: false,
        auth,
        logger: false,
      });
      client.on('error', () => undefined);
      await client.connect();
      await client.mailboxOpen('INBOX', { readOnly: true });
      const found: unknown[] = [];
      for await (const message of client.fetch('1:200', query)) {
        const { envelope, bodyStructure, size } = message;
        // The demo keeps milliseconds, a Maildir seconds.
        const date = Math.floor(new Date(message.internalDate ?? 0).getTime() / 1000);
        found.push({ seq: message.seq, envelope, bodyStructure, size, date });
      }
      await client.logout();
      return found;
    };

    const [ours, theirs] = [await read(demo), await read(dovecot())];
    await demo.close();

    expect(ours).toHaveLength(200);
    expect(ours).toEqual(theirs);
  });

  it('finds the same messages as the demo server does', async () => {
    const demo = await startDemoImap({ users: [user] });
    const searches = [
      'FROM odile',
      'SUBJECT "point hebdomadaire"',
      'BODY girouettes',
      'TEXT saisons.example',
      'UNSEEN',
      'FLAGGED',
      'KEYWORD $Forwarded',
      'LARGER 6000',
      'HEADER List-Id ""',
      'SENTSINCE 1-Nov-2026',
      'BEFORE 1-Nov-2026',
      'OR ANSWERED NOT SEEN',
      '1:50 (FROM rh) UID 1:*',
    ];
    const find = async (server: { host: string; port: number }): Promise<string[]> => {
      const client = await RawImap.login(server, username, password);
      await client.ok('EXAMINE INBOX');
      const found: string[] = [];
      for (const search of searches) {
        const { untagged } = await client.ok(`SEARCH 1:200 ${search}`);
        found.push(`${search}: ${untagged.find((line) => line.startsWith('* SEARCH'))}`);
      }
      client.close();
      return found;
    };

    const [ours, theirs] = [await find(demo), await find(dovecot())];
    await demo.close();

    expect(ours).toEqual(theirs);
  });

  it('leaves neither process nor directory behind', async () => {
    const short = await startDovecot({ users: [{ username: 'u', password: 'p', mailboxes: [] }] });
    expect(isRunning(short.pid)).toBe(true);
    await short.close();

    expect(isRunning(short.pid)).toBe(false);
    expect(existsSync(short.directory)).toBe(false);
  });
});

describe('private slapd', () => {
  const slapd = useSlapd();
  const base = 'dc=saisons,dc=example';
  const service = 'cn=messagerie,ou=applications,dc=saisons,dc=example';

  it('finds an agent for the service account, by uid or by mail', async () => {
    const client = new Client({ url: slapd().url });
    await client.bind(service, 'messagerie-saisons');
    for (const filter of [`(uid=${username})`, `(mail=${mail.toUpperCase()})`]) {
      const { searchEntries } = await client.search(base, {
        filter,
        attributes: ['cn', 'userPassword'],
      });
      expect(searchEntries).toEqual([{ dn: capucine.dn, cn: capucine.name, userPassword: [] }]);
    }
    await client.unbind();
  });

  it('binds agents of both sites over ldaps and StartTLS, checking the certificate', async () => {
    const ca = await readFile(slapd().caFile);
    for (const agent of demoAgents) {
      const client = new Client({ url: slapd().tlsUrl, tlsOptions: { ca } });
      await client.bind(agent.dn, agent.password);
      await client.unbind();
    }
    const upgraded = new Client({ url: slapd().url });
    await upgraded.startTLS({ ca });
    await upgraded.bind(capucine.dn, password);
    await upgraded.unbind();

    const trusting = new Client({ url: slapd().tlsUrl });
    await expect(trusting.bind(capucine.dn, password)).rejects.toThrow(/certificate/i);
    await trusting.unbind();
  });

  it('refuses a wrong password and an anonymous search', async () => {
    const client = new Client({ url: slapd().url });
    await expect(client.bind(capucine.dn, 'wrong')).rejects.toMatchObject({ code: 49 });
    await client.unbind();
    const anonymous = new Client({ url: slapd().url });
    const search = anonymous.search(base, { filter: '(uid=*)' });

    await expect(search).rejects.toMatchObject({ code: 50 });
    await anonymous.unbind();
  });

  it('leaves neither process nor directory behind', async () => {
    const short = await startSlapd();
    expect(isRunning(short.pid)).toBe(true);
    await short.close();

    expect(isRunning(short.pid)).toBe(false);
    expect(existsSync(short.directory)).toBe(false);
  });
});

it('names the Debian package when a server is not installed', async () => {
  await expect(findBinary(['/nowhere/dovecot'], 'dovecot-imapd')).rejects.toThrow(
    /\/nowhere\/dovecot is missing.*dovecot-imapd/,
  );
});
