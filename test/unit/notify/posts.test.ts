import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import { migrate } from '../../../src/kernel/migrate';
import { createPosts, type NewPost, notifyMigrations, type Posts } from '../../../src/notify';
import { createSmtpTransport, type SmtpTransport } from '../../../src/smtp';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';
import { aBench, aSite, type Bench } from '../session/kit';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
let bench: Bench;
let smtp: ScriptedSmtp;
let folder: string;
let audited: unknown[];

beforeEach(async () => {
  bench = await aBench();
  await migrate(bench.db, [{ owner: 'notify', migrations: notifyMigrations }]);
  smtp = await startScriptedSmtp();
  folder = mkdtempSync(path.join(tmpdir(), 'estafette-posts-'));
  audited = [];
});
afterEach(async () => {
  await smtp.close();
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

const SITE = aSite().id;
function stand(options: { transport?: SmtpTransport; hasSender?: boolean } = {}): Posts {
  const { transport = createSmtpTransport({ log: silentLog() }), hasSender = true } = options;
  return createPosts({
    db: bench.db,
    clock: bench.clock,
    log: silentLog(),
    sites: [
      aSite({
        title: 'Ministère',
        smtp: { host: '127.0.0.1', port: smtp.port, security: 'none', auth: 'none' },
        ...(hasSender && { notices: { from: 'no-reply@culture.example' } }),
      }),
    ],
    tempDir: folder,
    transport,
    anHour: { small: 3 },
    audit: async (entry) => void audited.push(entry),
  });
}

const CALENDAR = {
  method: 'REQUEST',
  text: 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n',
};
const aPost = (change: Partial<NewPost> = {}): NewPost => ({
  site: SITE,
  plugin: 'agenda',
  key: 'event-1',
  to: [{ name: 'Bob', mail: 'bob@elsewhere.example' }],
  fromName: 'Camille Durand',
  replyTo: 'camille@culture.example',
  subject: 'Invitation : réunion',
  text: 'Mardi à 14 h.',
  calendar: CALENDAR,
  ...change,
});
const state = async (posts: Posts, change: Partial<NewPost> = {}): Promise<unknown> =>
  (await posts.post(aPost(change))).state;

describe('a mail of a plugin with nobody there', () => {
  it('is the site’s own, says for whom and that a program wrote, and leaves no words behind', async () => {
    const posts = stand();

    expect(await posts.post(aPost())).toEqual({ state: 'waiting', rejected: [] });
    await posts.idle();

    expect(smtp.delivered).toHaveLength(1);
    const [{ from, to, raw } = { from: '', to: [], raw: '' }] = smtp.delivered;
    expect([from, to]).toEqual(['no-reply@culture.example', ['bob@elsewhere.example']]);
    expect(raw.replace(/\r\n /g, ' ')).toContain(
      'From: =?UTF-8?Q?Camille_Durand_via_Minist=C3=A8re?= <no-reply@culture.example>',
    );
    expect(raw).toContain('Reply-To: camille@culture.example');
    expect(raw).toContain('Auto-Submitted: auto-generated');
    expect(raw).toContain('text/calendar; charset=utf-8; method=REQUEST');
    expect(await state(posts)).toBe('sent');
    expect(await bench.db.knex('posts').first()).toMatchObject({ message: null, state: 'sent' });
    expect(JSON.stringify(await bench.db.knex('post_recipients'))).not.toContain('bob');
    expect(readdirSync(folder)).toEqual([]);
    expect(audited).toEqual([
      { site: SITE, event: 'mail:posted', details: { plugin: 'agenda', recipients: 1 } },
    ]);
  });

  it('leaves once for a key, whoever asks and in what process', async () => {
    const [one, two] = [stand(), stand()];

    await Promise.all([one.post(aPost()), two.post(aPost()), one.post(aPost())]);
    await Promise.all([one.idle(), two.idle(), one.sendDue(), two.sendDue()]);
    await two.post(aPost());
    await two.idle();

    expect(smtp.delivered).toHaveLength(1);
    await one.post(aPost({ key: 'event-2' }));
    await one.post(aPost({ plugin: 'other' }));
    await one.idle();
    expect(smtp.delivered).toHaveLength(3);
  });

  it('is tried again until the server is back, and no longer than three days', async () => {
    const posts = stand();
    smtp.script = { rcpt: { 'bob@elsewhere.example': '450 4.2.0 Later' } };
    await posts.post(aPost());
    await posts.post(aPost({ key: 'event-2' }));
    await posts.idle();
    expect(await state(posts)).toBe('waiting');
    bench.clock.pass(30);
    await posts.sendDue();
    const { tries } = (await bench.db.knex('posts').first()) as { tries: number };
    expect(tries).toBe(1);

    bench.clock.pass(73 * HOUR_S);
    await posts.sendDue();
    expect(await state(posts)).toBe('given-up');

    smtp.script = {};
    await posts.post(aPost({ key: 'event-3' }));
    await posts.idle();
    expect(await state(posts, { key: 'event-3' })).toBe('sent');
  });

  it('tells whom the server would not take, and gives up what it refuses for good', async () => {
    const posts = stand();
    smtp.script = { rcpt: { 'bob@elsewhere.example': '550 5.1.1 Unknown' } };
    const both = [
      { name: '', mail: 'bob@elsewhere.example' },
      { name: '', mail: 'ada@elsewhere.example' },
    ];
    await posts.post(aPost({ key: 'both', to: both }));
    await posts.post(aPost({ key: 'bob' }));
    await posts.idle();

    const rejected = ['bob@elsewhere.example'];
    expect(await posts.post(aPost({ key: 'both' }))).toEqual({ state: 'sent', rejected });
    expect(await posts.post(aPost({ key: 'bob' }))).toEqual({ state: 'given-up', rejected });
  });

  it('is not sent again when it may have left', async () => {
    const posts = stand();
    smtp.script = { end: 'drop' };
    await posts.post(aPost());
    await posts.idle();
    smtp.script = {};
    bench.clock.pass(2 * HOUR_S);
    await posts.sendDue();

    expect(await state(posts)).toBe('unknown');
    expect(smtp.delivered).toHaveLength(1);
  });

  it.each([
    ['before', 'sent', 1],
    ['after', 'unknown', 0],
  ] as const)(
    'of a process that died %s the last bytes is %s by the next one',
    async (when, expected, delivered) => {
      const real = createSmtpTransport({ log: silentLog() });
      let reached = (): void => undefined;
      const isThere = new Promise<void>((resolve) => {
        reached = resolve;
      });
      let waken = (): void => undefined;
      const sleep = new Promise<void>((resolve) => {
        waken = resolve;
      });
      let late: unknown;
      const dying: SmtpTransport = {
        send: (request) =>
          real.send({
            ...request,
            async beforeLast() {
              if (when === 'after') await request.beforeLast?.();
              reached();
              await sleep;
              // It was taken for dead, and wakes up.
              late = await Promise.resolve(request.beforeLast?.()).catch((err: unknown) => err);
              throw new AppError('internal/unexpected');
            },
          }),
      };
      const first = stand({ transport: dying });
      await first.post(aPost());
      await isThere;

      bench.clock.pass(6 * MINUTE_S);
      const next = stand();
      await next.sendDue();
      expect(await state(next)).toBe(expected);
      waken();
      await first.idle();

      expect(late).toBeInstanceOf(AppError);
      expect(smtp.delivered).toHaveLength(delivered);
      if (when === 'before') expect(await state(next)).toBe('sent');
    },
  );
});

describe('limits', () => {
  it('are by the hour for a plugin on a site, as the operator says', async () => {
    const posts = stand();
    const to = ['a', 'b'].map((name) => ({ name: '', mail: `${name}@elsewhere.example` }));
    expect(await state(posts, { plugin: 'small', key: '1', to })).toBe('waiting');
    expect(await posts.post(aPost({ plugin: 'small', key: '2', to }))).toEqual({
      state: 'refused',
      reason: 'hour',
    });
    await posts.idle();
    bench.clock.pass(HOUR_S + 1);
    expect(await state(posts, { plugin: 'small', key: '2', to })).toBe('waiting');
    await posts.idle();
  });

  it('are by the day for an address', async () => {
    const posts = stand();
    for (let count = 0; count < 50; count++) await posts.post(aPost({ key: `k${count}` }));

    const to = [{ name: '', mail: 'BOB@elsewhere.example' }];
    expect(await posts.post(aPost({ key: 'k50', to }))).toEqual({
      state: 'refused',
      reason: 'recipient',
    });
    expect(await state(posts, { key: 'k0' })).not.toBe('refused');
    await posts.idle();
  }, 30_000);

  it('are those of a site that writes to nobody', async () => {
    expect(await stand({ hasSender: false }).post(aPost())).toEqual({
      state: 'refused',
      reason: 'no-sender',
    });
  });

  it('forget what was sent a month ago, not what waits', async () => {
    const posts = stand();
    await posts.post(aPost());
    await posts.idle();
    bench.clock.pass(31 * 24 * HOUR_S);
    await posts.sendDue();

    expect(await bench.db.knex('posts')).toEqual([]);
    expect(await bench.db.knex('post_recipients')).toEqual([]);
  });
});
