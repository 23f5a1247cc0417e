import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAudit } from '../../../src/audit';
import { systemClock } from '../../../src/base/clock';
import type { Database } from '../../../src/kernel/db-types';
import { aLog, keys, marees, openLog, tamper } from '../audit/kit';
import { run } from './support';

let db: Database;
let dir: string;
let headFile: string;
beforeEach(async () => {
  db = await openLog();
  dir = mkdtempSync(path.join(tmpdir(), 'audit-'));
  headFile = path.join(dir, 'head.json');
  const audit = aLog(db, { headFile });
  for (const actor of ['alice', 'bruno', 'claire']) {
    await audit.record({ site: marees, actor, event: 'session:opened' });
  }
});
afterEach(async () => {
  await db.close();
  rmSync(dir, { recursive: true });
});

const door = () =>
  createAudit({
    db,
    clock: systemClock,
    hooks: { action: async () => {} },
    sites: [marees],
    keys,
    headFile,
  });
const verify = (...args: string[]) =>
  run(['audit:verify', ...args], {
    openAudit: async () => ({ audit: door(), close: async () => {} }),
  });
/** Keeps the end apart, as the server does. */
async function keep() {
  const audit = door();
  await audit.record({ site: marees, event: 'session:closed' });
  await audit.close();
}

it('says that every line holds, and that no end is kept apart', async () => {
  const { code, out } = await verify();

  expect(code).toBe(0);
  expect(out).toContain('Every line holds.\n3 lines verified.');
  expect(out).toContain('No end is kept apart');
});

it('names the line of which one byte was changed', async () => {
  await keep();
  await tamper(db, "update audit_log set actor_login = 'brunp' where id = 2");

  const { code, out } = await verify();
  const json = await verify('--json');

  expect(code).toBe(1);
  expect(out).toContain(
    'NOT INTACT: line 2 (of marees, number 2): altered: this is not what was written',
  );
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    intact: false,
    head: 'known',
    fault: { reason: 'altered', site: 'marees', id: 2, seq: 2 },
  });
});

it('sees a cut tail by the end kept apart, or by one that is given', async () => {
  const { chains } = JSON.parse((await verify('--json')).out) as {
    chains: { site: string; seq: number; hash: string }[];
  };
  const [last] = chains;
  await tamper(db, 'delete from audit_log where id = 3');
  expect((await verify()).code).toBe(0);

  const given = await verify('--head', `marees:3:${last?.hash}`);

  expect(given.code).toBe(1);
  expect(given.out).toContain('cut at the end: number 3 and what followed it are gone');
});

it('begins where it is told', async () => {
  await tamper(db, "update audit_log set actor_login = 'x' where id = 1");

  expect((await verify('--from', '2')).code).toBe(0);
  expect((await verify('--from', '1')).code).toBe(1);
});

it.each([
  ['--from', '0'],
  ['--from', 'two'],
  ['--head', 'marees'],
  ['--head', 'marees:3:zz'],
  ['extra', 'words'],
])('refuses %s %s', async (...args) => {
  expect((await verify(...args)).code).toBe(64);
});
