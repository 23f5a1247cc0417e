import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DemoApp } from '../../src/demo';
import { findBinary } from '../../src/demo/real/process';
import { agentAt } from '../kit/demo-agents';
import { signedInDemo } from '../kit/signed-in-demo';

/** vdirsyncer of Debian: somebody else’s reading of RFC 4791, a folder of events on this machine. */
let program: string;
const SYNC_MS = 60_000;

let demo: DemoApp;
let base: string;
let home: string;
let secret: string;
let username: string;
let user: number;

beforeAll(async () => {
  program = await findBinary(['/usr/bin/vdirsyncer'], 'vdirsyncer');
  const { demo: started, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: true } }),
  });
  demo = started;
  base = web.base;
  username = agentAt(demo, 0).username;
  const row: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  user = row.id;
  ({ secret } = await demo.app.safety.appPasswords.create(user as never, 'vdirsyncer'));
  home = await mkdtemp(path.join(tmpdir(), 'estafette-vdir-'));
  await mkdir(path.join(home, 'local'));
  await writeFile(
    path.join(home, 'config'),
    [
      '[general]',
      `status_path = "${home}/status/"`,
      '[pair calendars]',
      'a = "local"',
      'b = "remote"',
      // Either side may have what the other lacks.
      'collections = ["from a", "from b"]',
      'conflict_resolution = "b wins"',
      '[storage local]',
      'type = "filesystem"',
      `path = "${home}/local/"`,
      'fileext = ".ics"',
      '[storage remote]',
      'type = "caldav"',
      // The root alone: principal, home and calendars are found from there.
      `url = "${base}/"`,
      `username = "${username}"`,
      `password = "${secret}"`,
      '',
    ].join('\n'),
  );
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  if (home) await rm(home, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly said: string;
}

/** Runs it, answering yes to what it asks. */
const vdirsyncer = (...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      program,
      ['-c', path.join(home, 'config'), ...args],
      { timeout: SYNC_MS, env: { ...process.env, HOME: home } },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, said: stdout + stderr }),
    );
    child.stdin?.end('y\ny\ny\ny\n');
  });

async function sync(): Promise<void> {
  const { code, said } = await vdirsyncer('sync');
  if (code !== 0) throw new Error(said);
}

const ask = (method: string, target: string, body?: string, headers = {}): Promise<Response> =>
  fetch(new URL(`/dav/calendar/agenda/${target}`, base), {
    method,
    headers: {
      Authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
      'Content-Type': 'text/calendar',
      ...headers,
    },
    ...(body !== undefined && { body }),
  });

const folder = (): string => path.join(home, 'local', 'agenda');
const event = (uid: string, more = ''): string =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//FR\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Paris:20260302T090000\r\nDURATION:PT1H\r\nSUMMARY:${uid} é🐦\r\nX-PERSO;X-A="b;c":ce qui n'est à personne\r\n${more}END:VEVENT\r\nEND:VCALENDAR\r\n`;

/** Events of this machine, by uid. */
async function here(): Promise<Record<string, string>> {
  const names = await readdir(folder());
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith('.ics'))
      .map((name) => readFile(path.join(folder(), name), 'utf8')),
  );
  return byUid(texts);
}

/** Events of the server, by uid. */
async function there(): Promise<Record<string, string>> {
  const answer = await ask(
    'PROPFIND',
    '',
    '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>',
    {
      Depth: '1',
    },
  );
  const hrefs = [...(await answer.text()).matchAll(/<D:href>([^<]+\.ics)<\/D:href>/g)];
  const texts = await Promise.all(
    hrefs.map(async ([, href = '']) => (await ask('GET', path.posix.basename(href))).text()),
  );
  return byUid(texts);
}

/** Line breaks are the file system's business: vdirsyncer writes those of the machine. */
const byUid = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    texts
      .map((text) => text.replaceAll('\r\n', '\n').trim())
      .map((text) => [/^UID:(.+)$/m.exec(text)?.[1] ?? '', text] as const)
      .sort(([one], [other]) => one.localeCompare(other)),
  );

describe('python-caldav', () => {
  it(
    'finds, makes, searches, changes, synchronises and removes',
    async () => {
      const python = await findBinary(['/usr/bin/python3'], 'python3-caldav');
      const script = path.join(__dirname, '..', 'kit', 'caldav-client.py');
      const args = [script, `${base}/dav/`, username, secret];
      const { stdout } = await promisify(execFile)(python, args, { timeout: SYNC_MS });

      expect(JSON.parse(stdout)).toEqual({
        calendars: [expect.any(String)],
        made: ['agenda', 'python'],
        components: ['VEVENT', 'VTODO'],
        first: 3,
        events: ['conge', 'reunion', 'serie'],
        found: ['serie'],
        starts: [
          '20260302T090000',
          '20260303T090000',
          '20260305T000000',
          '20260310T090000',
          '20260317T090000',
          '20260324T090000',
          '20260331T090000',
        ],
        'by uid': 'Réunion é🐦',
        busy: [
          'FREEBUSY;FBTYPE=BUSY:20260302T090000Z/20260302T100000Z',
          'FREEBUSY;FBTYPE=BUSY:20260303T090000Z/20260303T100000Z',
        ],
        open: ['tache'],
        done: [],
        all: ['tache'],
        since: 3,
        changed: 'Réunion changée é🐦',
        kept: ['X-PERSO;X-A="b;c":ce qui n\'est à personne'],
        renamed: 'Autre nom',
        refused: true,
        'kept out': true,
        left: ['agenda'],
      });
    },
    2 * SYNC_MS,
  );
});

describe('vdirsyncer', () => {
  it(
    'finds the calendars from the address of the site, and keeps both sides equal',
    async () => {
      await ask('PUT', 'serveur.ics', event('serveur'));
      await ask('PUT', 'change.ics', event('change'));
      await ask('PUT', 'va.ics', event('va'));
      const found = await vdirsyncer('discover');
      expect(found.code).toBe(0);
      await sync();
      expect(Object.keys(await here())).toEqual(['change', 'serveur', 'va']);

      // Created, changed and deleted on both sides.
      await writeFile(path.join(folder(), 'local.ics'), event('local'));
      await writeFile(path.join(folder(), 'local2.ics'), event('local2'));
      await sync();
      expect(Object.keys(await there())).toEqual(['change', 'local', 'local2', 'serveur', 'va']);

      const files = await readdir(folder());
      const fileOf = async (uid: string): Promise<string> => {
        for (const name of files) {
          const file = path.join(folder(), name);
          if ((await readFile(file, 'utf8')).includes(`UID:${uid}\r`)) return file;
          if ((await readFile(file, 'utf8')).includes(`UID:${uid}\n`)) return file;
        }
        throw new Error(`no file of ${uid}`);
      };
      await writeFile(await fileOf('serveur'), event('serveur', 'COMMENT:changé ici\r\n'));
      await rm(await fileOf('va'));
      const changed = await ask('PUT', 'change.ics', event('change', 'COMMENT:changé là-bas\r\n'));
      expect(changed.status).toBe(204);
      const remote = Object.keys(await there()).includes('local2');
      expect(remote).toBe(true);
      const names = await ask('PROPFIND', '', undefined, { Depth: '1' });
      const href = await hrefOf(await names.text(), 'local2');
      expect((await ask('DELETE', href)).status).toBe(204);
      await sync();
      await sync();

      const mine = await here();
      expect(Object.keys(mine)).toEqual(['change', 'local', 'serveur']);
      expect(mine['serveur']).toContain('COMMENT:changé ici');
      expect(mine['change']).toContain('COMMENT:changé là-bas');
      expect(mine['local']).toContain('X-PERSO;X-A="b;c":ce qui n\'est à personne');
      expect(await there()).toEqual(mine);
    },
    4 * SYNC_MS,
  );

  it(
    'makes the calendar that is on this machine alone',
    async () => {
      await mkdir(path.join(home, 'local', 'amis'));
      await writeFile(path.join(home, 'local', 'amis', 'ami.ics'), event('ami'));
      expect((await vdirsyncer('discover')).code).toBe(0);
      await sync();

      const made = await fetch(new URL('/dav/calendar/amis/', base), {
        method: 'PROPFIND',
        headers: {
          Authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
          Depth: '1',
        },
      });
      expect(made.status).toBe(207);
      expect(await made.text()).toMatch(/\/dav\/calendar\/amis\/[^<]+\.ics/);
    },
    2 * SYNC_MS,
  );

  it(
    'is kept out from the moment that its password is revoked',
    async () => {
      const before = await here();
      await demo.app.safety.appPasswords.revoke(user as never);
      const { code, said } = await vdirsyncer('sync');

      expect(code).not.toBe(0);
      expect(said).toMatch(/401|unauthor/i);
      expect(await here()).toEqual(before);
    },
    2 * SYNC_MS,
  );
});

/** Name of the object of a uid: that of a file is its client's choice. */
async function hrefOf(listed: string, uid: string): Promise<string> {
  const hrefs = [...listed.matchAll(/<D:href>([^<]+\.ics)<\/D:href>/g)].map(([, href = '']) =>
    path.posix.basename(href),
  );
  for (const href of hrefs) {
    if ((await (await ask('GET', href)).text()).includes(`UID:${uid}\r`)) return href;
    if ((await (await ask('GET', href)).text()).includes(`UID:${uid}\n`)) return href;
  }
  throw new Error(`no event ${uid}`);
}
