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
  const audit = aLog(db, { headFile });
  await audit.record({ site: marees, event: 'session:closed' });
  await audit.close();
}

it('says that every line holds', async () => {
  await keep();

  const { code, out } = await verify();

  expect(code).toBe(0);
  expect(out.trim()).toBe('Every line holds.\n4 lines verified.');
});

it('is not content with a number that no line has reached: nothing was looked at', async () => {
  await keep();

  const beyond = await verify('--from', '99999');
  expect(beyond.code).toBe(1);
  expect(beyond.out.trim()).toBe(
    'NOT INTACT: there is no line from 99999 on.\n0 lines verified from line 99999 on.',
  );
  expect(JSON.parse((await verify('--from', '99999', '--json')).out)).toMatchObject({
    intact: false,
    beyond: true,
    lines: 0,
  });

  const last = await verify('--from', '4');
  expect(last.code).toBe(0);
  expect(last.out.trim()).toBe('Every line holds.\n1 line verified from line 4 on.');
});

it('is not content with a log whose end is kept nowhere, until that is accepted', async () => {
  const { code, out } = await verify();
  expect(code).toBe(1);
  expect(out).toContain('the file that keeps the ends apart is not there');

  expect((await verify('--accept-head')).code).toBe(0);

  expect((await verify()).code).toBe(0);
  const [line] = await door().list({ event: 'audit:head-accepted' });
  expect(line).toMatchObject({
    site: '*',
    actor: expect.stringMatching(/^cli/),
    details: { was: 'absent', lines: 3 },
  });
});

it('accepts no end of lines that do not hold, nor of some of them', async () => {
  await tamper(db, "update audit_log set actor_login = 'x' where id = 2");

  expect((await verify('--accept-head')).code).toBe(1);
  expect((await verify()).code).toBe(1);
  expect((await verify('--accept-head', '--from', '3')).code).toBe(64);
});

describe('a tail that the file knows and that is gone', () => {
  beforeEach(async () => {
    await keep();
    await tamper(db, 'delete from audit_log where id > 2');
  });

  it('is not accepted by the way, and its lines are named', async () => {
    const { code, out } = await verify('--accept-head');
    const { intact, lost } = JSON.parse((await verify('--accept-head', '--json')).out);

    expect(code).toBe(1);
    expect(out).toContain('NOT INTACT: the lines of marees: numbers 3 to 4 are gone.');
    expect(out).toContain('--accept-lost');
    expect(out).not.toContain('Every line holds');
    expect(intact).toBe(false);
    expect(lost).toMatchObject([{ site: 'marees', reason: 'truncated', seq: 3, upTo: 4 }]);
    expect(await door().list({ event: 'audit:' })).toEqual([]);
    expect((await verify()).code).toBe(1);
  });

  it('is accepted by a word of its own, and the log says which lines were gone', async () => {
    expect((await verify('--accept-head', '--accept-lost')).code).toBe(0);

    expect((await verify()).code).toBe(0);
    expect(await door().list({ event: 'audit:' })).toMatchObject([
      { event: 'audit:head-accepted', details: { was: 'known' } },
      {
        event: 'audit:lost-accepted',
        site: '*',
        actor: expect.stringMatching(/^cli/),
        target: 'marees',
        details: { reason: 'truncated', from: 3, upTo: 4 },
      },
    ]);
  });

  it('is not accepted when other lines were written in its place', async () => {
    const audit = aLog(db);
    for (let n = 0; n < 3; n += 1) await audit.record({ site: marees, event: 'session:opened' });

    const { code, out } = await verify('--accept-head');

    expect(code).toBe(1);
    expect(out).toContain('the lines of marees: number 4 is not the one that was kept');
  });

  it('needs both words', async () => {
    expect((await verify('--accept-lost')).code).toBe(64);
  });
});

it('finds nothing wrong with a log that has not begun', async () => {
  await tamper(db, 'delete from audit_log');

  expect((await verify()).code).toBe(0);
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
  await verify('--accept-head');
  rmSync(headFile);
  const { chains } = JSON.parse((await verify('--json')).out) as {
    chains: { site: string; seq: number; hash: string }[];
  };
  const last = chains.find(({ site }) => site === 'marees');
  await tamper(db, 'delete from audit_log where id = 3');
  expect((await verify('--json')).out).not.toContain('fault');

  const given = await verify('--head', `marees:3:${last?.hash}`);

  expect(given.code).toBe(1);
  expect(given.out).toContain('cut at the end: number 3 and what followed it are gone');
});

it('begins where it is told', async () => {
  await tamper(db, "update audit_log set actor_login = 'x' where id = 1");

  expect((await verify('--from', '2')).out).toContain('Every line holds');
  expect((await verify('--from', '1')).out).toContain('NOT INTACT: line 1');
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

it('holds a line that is given against the log, though a later one is kept', async () => {
  await keep();

  const { code, out } = await verify('--head', `marees:2:${'f'.repeat(64)}`);

  expect(code).toBe(1);
  expect(out).toContain('line 2 (of marees, number 2): rewritten');
});

it('shows what somebody wrote into a line as text that no terminal obeys', async () => {
  await tamper(
    db,
    "update audit_log set site = 'a' || char(27) || '[2J' || char(8238) where id = 2",
  );

  const { out } = await verify();

  expect(out).toMatch(/of "a\\u001b\[2J\\u\{202e\}"/);
});
