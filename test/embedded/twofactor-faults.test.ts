import path from 'node:path';
import { silentLog } from '../../src/base/log';
import { openDatabase } from '../../src/kernel/db';
import type { Database } from '../../src/kernel/db-types';
import { ADMINS, agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { type FactorInstallation, factorInstallation } from '../kit/factor-stand';
import {
  codeOf,
  enrolApplication,
  formAt,
  giveCode,
  recoveryOn,
  secretOn,
  sendTo,
} from '../kit/factor-visit';
import { movingClock } from '../kit/moving-clock';

const STEP_MS = 30_000;
const INBOX = '/mail/me/INBOX';
const RECOVERED = '/twofactor/recovered';

const clock = movingClock();
let installation: FactorInstallation | undefined;
let base = '';
let core: Database;
let factors: Database;

beforeAll(async () => {
  installation = await factorInstallation(clock, [ADMINS.platform, ADMINS.site]);
  const started = await installation.start();
  base = started.base;
  core = started.app.db;
  const filename = path.join(installation.dataDir, 'plugins', 'twofactor.sqlite');
  factors = await openDatabase({ filename, log: silentLog() });
}, 60_000);
afterAll(async () => {
  await factors?.close();
  await installation?.close();
});

/** Where writing fails, as on a full disk; what a process leaves that ends there is the same. */
interface Place {
  readonly db: () => Database;
  readonly write: string;
}
const CORE = { db: () => core };
const FACTORS = { db: () => factors };
const LINES: Place = { ...CORE, write: 'insert on audit_log' };
const SESSIONS: Place = { ...CORE, write: 'update of id on sessions' };

async function whileNot<T>({ db, write }: Place, work: () => Promise<T>): Promise<T> {
  const { knex } = db();
  await knex.raw(
    `create trigger test_fault before ${write} begin select raise(abort, 'disk'); end`,
  );
  try {
    return await work();
  } finally {
    await knex.raw('drop trigger test_fault');
  }
}

const browser = (): WebAgent => new WebAgent(base);
async function signIn(index: number) {
  const web = browser();
  const { username, password } = agentOf(index);
  const page = await web.signIn(username, password);
  return { web, url: page.url };
}
const kept = async (): Promise<readonly number[]> => [
  (await factors.knex('twofactor_totp').select()).length,
  (await factors.knex('twofactor_recovery').select()).length,
];

beforeEach(async () => {
  clock.forward(2 * 86_400_000);
  for (const name of ['totp', 'recovery', 'devices', 'resets', 'limits']) {
    await factors.knex(`twofactor_${name}`).delete();
  }
});

describe('a person who has a second factor', () => {
  it('is let in while no line can be written', async () => {
    const { secret, codes } = await enrolApplication((await signIn(2)).web, clock);
    clock.forward(3 * STEP_MS);
    const opened = await whileNot(LINES, async () => [
      (await giveCode((await signIn(2)).web, codeOf(secret, clock))).url,
      (await giveCode((await signIn(2)).web, codes[0] ?? '')).url,
    ]);

    expect(opened).toEqual([INBOX, RECOVERED]);
  }, 60_000);

  it('is let in by the same code, once, after sessions could not be written', async () => {
    const { secret, codes } = await enrolApplication((await signIn(2)).web, clock);
    clock.forward(3 * STEP_MS);
    for (const [code, inside] of [
      [codeOf(secret, clock), INBOX],
      [codes[0] ?? '', RECOVERED],
    ] as const) {
      const { web } = await signIn(2);
      const failed = await whileNot(SESSIONS, () => giveCode(web, code));
      const opened = await giveCode(web, code);
      const again = await giveCode((await signIn(2)).web, code);

      expect([failed.status >= 500, opened.url, again.status]).toEqual([true, inside, 422]);
      await factors.knex('twofactor_devices').delete();
    }
  }, 60_000);
});

describe('a factor that is set up', () => {
  it.each<[string, Place]>([
    ['the secret', { ...FACTORS, write: 'insert on twofactor_totp' }],
    ['the codes', { ...FACTORS, write: 'insert on twofactor_recovery' }],
    ['the turn', { ...FACTORS, write: 'delete on twofactor_limits' }],
    ['the slip', { ...CORE, write: 'insert on used_once' }],
    ['the line', LINES],
  ])(
    'is whole or not there when %s cannot be written',
    async (_what, place) => {
      const { web } = await signIn(2);
      const page = await web.get('/twofactor/enrol/totp');
      const secret = secretOn(page);
      const done = await whileNot(place, () =>
        sendTo(web, page, '/twofactor/enrol/totp', { code: codeOf(secret, clock) }),
      );
      const shown = recoveryOn(done);

      expect(await kept()).toEqual(shown.length === 0 ? [0, 0] : [1, 4]);
      expect(shown).toHaveLength(place === LINES ? 4 : 0);
      clock.forward(3 * STEP_MS);
      const after = await signIn(2);
      if (shown.length === 0) expect(after.url).toBe(INBOX);
      else expect((await giveCode(after.web, codeOf(secret, clock))).url).toBe(INBOX);
    },
    60_000,
  );
});

it('is reset whole or not at all, wherever writing fails', async () => {
  const lost = await enrolApplication((await signIn(2)).web, clock);
  const eyes: WebAgent[] = [];
  for (const index of [ADMINS.platform, ADMINS.site]) {
    const { web } = await signIn(index);
    const { secret } = await enrolApplication(web, clock);
    clock.forward(3 * STEP_MS);
    const challenge = await web.get('/twofactor/challenge?next=%2Ftwofactor%2Fadmin');
    await sendTo(web, challenge, '/twofactor/challenge', { code: codeOf(secret, clock) });
    eyes.push(web);
  }
  const [first, second] = eyes as [WebAgent, WebAgent];
  const { username } = agentOf(2);
  await sendTo(first, await first.get('/twofactor/admin'), '/twofactor/admin/ask', {
    person: username,
    note: 'Téléphone perdu, identité vérifiée par son chef de service',
  });
  const grant = async () => {
    const page = await second.get('/twofactor/admin');
    const form = () => formAt(page, '/twofactor/admin/decide');
    return second.submit(page, { form, button: 'grant-reset' });
  };
  const inside = await signIn(2);
  await giveCode(inside.web, codeOf(lost.secret, clock));

  const before = await kept();
  for (const place of [
    { ...FACTORS, write: 'update on twofactor_resets' },
    { ...FACTORS, write: 'delete on twofactor_totp' },
    { ...FACTORS, write: 'delete on twofactor_recovery' },
    { ...CORE, write: 'delete on sessions' },
  ]) {
    expect((await whileNot(place, grant)).status).toBeGreaterThanOrEqual(500);
    expect(await kept()).toEqual(before);
    expect((await inside.web.raw(INBOX)).status).toBe(200);
  }
  await whileNot(LINES, grant);

  expect((await inside.web.raw(INBOX)).status).toBe(302);
  expect((await signIn(2)).url).toBe(INBOX);
  expect(await kept()).toEqual([2, 8]);
}, 60_000);
