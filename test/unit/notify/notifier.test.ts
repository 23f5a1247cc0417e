import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import { createTexts } from '../../../src/kernel/i18n';
import { migrate } from '../../../src/kernel/migrate';
import {
  createAlerts,
  createNotifier,
  type Notifier,
  notifyMigrations,
  PERSON_A_DAY,
} from '../../../src/notify';
import type { User } from '../../../src/session';
import { SmtpRejected, type SmtpSendRequest } from '../../../src/smtp';
import { aBench, aSite, type Bench } from '../session/kit';

const ROOT = path.resolve(__dirname, '..', '..', '..');
const HOUR_S = 3_600;
let bench: Bench;
let user: User;
let folder: string;
let sent: { request: SmtpSendRequest; raw: string }[];
let failing: Error | undefined;

beforeEach(async () => {
  bench = await aBench();
  await migrate(bench.db, [{ owner: 'notify', migrations: notifyMigrations }]);
  user = (await bench.signIn()).session.user;
  folder = mkdtempSync(path.join(tmpdir(), 'estafette-notices-'));
  sent = [];
  failing = undefined;
});
afterEach(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

const MESSAGE = {
  subject: 'notice.appPassword.subject',
  text: 'notice.appPassword.text',
  values: { name: 'Agenda' },
};

function stand(values: Parameters<typeof aSite>[0] = {}): Notifier {
  const notices = { from: 'no-reply@culture.example', replyTo: 'support@culture.example' };
  return createNotifier({
    db: bench.db,
    clock: bench.clock,
    log: silentLog(),
    texts: createTexts({ coreDir: path.join(ROOT, 'locales'), fallback: 'fr', log: silentLog() }),
    sites: [
      aSite({
        smtp: { host: '127.0.0.1', port: 1, security: 'none', auth: 'none' },
        support: { name: 'Support', mail: 'support@culture.example', phone: '01 99 00 00 00' },
        notices,
        ...values,
      }),
    ],
    tempDir: folder,
    transport: {
      async send(request) {
        if (failing) throw failing;
        sent.push({ request, raw: readFileSync(request.file, 'utf8') });
        return { accepted: request.envelope.to, rejected: [] };
      },
    },
  });
}
const states = async () =>
  (await bench.db.knex('notices').select<{ state: string; text: string | null }[]>()).map(
    ({ state, text }) => [state, text === null],
  );

describe('a mail of the platform', () => {
  it('is plain text in the person’s language, says where help is, and leaves nothing behind', async () => {
    const notifier = stand();
    expect(await notifier.notify(user, 'app-password', MESSAGE)).toBe(true);
    await notifier.idle();

    const [{ request, raw } = { request: undefined, raw: '' }] = sent;
    expect(request?.envelope).toEqual({
      from: 'no-reply@culture.example',
      to: ['alice@culture.example'],
    });
    expect(raw).toContain('Auto-Submitted: auto-generated');
    expect(raw).toContain('Reply-To: support@culture.example');
    expect(raw).toContain('Content-Type: text/plain');
    expect(raw).toContain('01 99 00 00 00');
    expect(raw).not.toMatch(/https?:\/\//);
    expect(readdirSync(folder)).toEqual([]);
    expect(await states()).toEqual([['sent', true]]);
  });

  it('takes what people typed as one line, whatever it holds', async () => {
    const notifier = stand();
    const name = 'a\r\nBcc: everybody@example.org\r\n\r\nhello {{mail}} $t(notice.foot)';
    await notifier.notify(user, 'app-password', { ...MESSAGE, values: { name } });
    await notifier.idle();

    const raw = sent[0]?.raw ?? '';
    expect(raw.split('\r\n').some((line) => /^Bcc:/i.test(line))).toBe(false);
    expect(sent[0]?.request.envelope.to).toEqual(['alice@culture.example']);
  });

  it('is sent so often a day for each person and kind, and no more', async () => {
    const notifier = stand();
    const answers: boolean[] = [];
    for (let count = 0; count < PERSON_A_DAY + 3; count += 1) {
      answers.push(await notifier.notify(user, 'new-device', MESSAGE));
    }
    expect(answers.filter(Boolean)).toHaveLength(PERSON_A_DAY);
    expect(await notifier.notify(user, 'locked', MESSAGE)).toBe(true);
    bench.clock.pass(24 * HOUR_S + 1);
    expect(await notifier.notify(user, 'new-device', MESSAGE)).toBe(true);
    await notifier.idle();
  });

  it('is tried again with growing waits, and leaves when the server is back', async () => {
    const notifier = stand();
    failing = new AppError('smtp/unreachable');
    await notifier.notify(user, 'locked', MESSAGE);
    await notifier.idle();
    expect(await states()).toEqual([['waiting', false]]);
    await notifier.sendDue();
    bench.clock.pass(61);
    await notifier.sendDue();
    const [row] = await bench.db.knex('notices').select<{ tries: number }[]>();
    expect(row?.tries).toBe(2);

    failing = undefined;
    bench.clock.pass(121);
    await notifier.sendDue();
    expect(sent).toHaveLength(1);
    expect(await states()).toEqual([['sent', true]]);
  });

  it('is given up after a day, which health says', async () => {
    const notifier = stand();
    failing = new AppError('smtp/timeout');
    await notifier.notify(user, 'locked', MESSAGE);
    await notifier.idle();
    expect(await notifier.problemOf(bench.site.id)).toBeUndefined();
    for (let hour = 0; hour < 26; hour += 1) {
      bench.clock.pass(HOUR_S);
      await notifier.sendDue();
    }

    expect(await states()).toEqual([['given-up', true]]);
    bench.clock.ms = Date.parse('2026-03-01T08:00:00.000Z') + 23 * HOUR_S * 1_000;
    expect(await notifier.problemOf(bench.site.id)).toContain('given up');
  });

  it('is given up at once where the server will never have it', async () => {
    const notifier = stand();
    const refused = [{ mail: 'alice@culture.example', code: 550 }];
    failing = new SmtpRejected(refused, true, { step: 'envelope', refused: 'recipients' });
    await notifier.notify(user, 'locked', MESSAGE);
    await notifier.idle();
    expect(await states()).toEqual([['given-up', true]]);
  });

  it('is sent once by two processes that find it due together', async () => {
    const [one, two] = [stand(), stand()];
    failing = new AppError('smtp/unreachable');
    await one.notify(user, 'locked', MESSAGE);
    await one.idle();
    failing = undefined;
    bench.clock.pass(61);
    await Promise.all([one.sendDue(), two.sendDue()]);
    expect(sent).toHaveLength(1);
  });

  it('is not sent where the site names no sender, or has no account for a server that wants one', async () => {
    const silent = createNotifier({
      ...({} as Parameters<typeof createNotifier>[0]),
      db: bench.db,
      clock: bench.clock,
      log: silentLog(),
      texts: createTexts({ coreDir: path.join(ROOT, 'locales'), fallback: 'fr', log: silentLog() }),
      sites: [aSite()],
    });
    expect(await silent.notify(user, 'locked', MESSAGE)).toBe(false);
    expect(await silent.problemOf(bench.site.id)).toBeUndefined();

    const noAccount = stand({
      smtp: { host: '127.0.0.1', port: 1, security: 'none', auth: 'user' },
    });
    expect(await noAccount.notify(user, 'locked', MESSAGE)).toBe(false);
    expect(await noAccount.problemOf(bench.site.id)).toBe('no-account');
  });

  it('signs in as the service account, never as anybody else', async () => {
    const notifier = stand({
      smtp: { host: '127.0.0.1', port: 1, security: 'none', auth: 'user' },
      notices: { from: 'no-reply@culture.example', username: 'platform', password: 'secret-of-it' },
    });
    await notifier.notify(user, 'locked', MESSAGE);
    await notifier.idle();
    expect(await sent[0]?.request.credential()).toEqual({
      username: 'platform',
      password: 'secret-of-it',
    });
    expect(JSON.stringify(await bench.db.knex('notices').select())).not.toContain('secret-of-it');
  });
});

describe('what a person’s pages tell them', () => {
  const at = (createdAt: string) => ({ user, session: { createdAt } });

  it('is not told to the session that it is about, which cannot put it away either', async () => {
    const alerts = createAlerts({ db: bench.db, clock: bench.clock });
    const began = '2026-03-01T09:00:00.000Z';
    await alerts.add(user, { code: 'new-device', evidence: { device: 'x', session: began } });
    const [alert] = await alerts.list(at('2026-03-01T08:00:00.000Z'));
    expect(alert?.code).toBe('new-device');
    expect(await alerts.list(at(began))).toEqual([]);

    await alerts.dismiss(at(began), alert?.id);
    await alerts.dismiss(at(began));
    expect(await alerts.list(at('2026-03-01T08:00:00.000Z'))).toHaveLength(1);
    await alerts.dismiss(at('2026-03-01T08:00:00.000Z'), alert?.id);
    expect(await alerts.list(at('2026-03-01T08:00:00.000Z'))).toEqual([]);
  });

  it('is of that person alone, and of the last twenty things', async () => {
    const alerts = createAlerts({ db: bench.db, clock: bench.clock });
    const other = (await bench.signIn({ login: 'bruno', password: 'battery staple' })).session.user;
    for (let count = 0; count < 25; count += 1) {
      await alerts.add(user, { code: 'locked', evidence: { count } });
    }
    const own = await alerts.list(at('x'));
    expect(own).toHaveLength(20);
    await alerts.dismiss({ user: other, session: { createdAt: 'x' } }, own[0]?.id);
    expect(await alerts.list(at('x'))).toHaveLength(20);
  });
});
