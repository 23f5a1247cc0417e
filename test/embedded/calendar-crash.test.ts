import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import knex from 'knex';
import type { DemoStack } from '../../src/demo/stack';
import { WebAgent } from '../kit/agent';
import { formAt } from '../kit/factor-visit';
import { type Served, serve, writeConfig } from '../kit/served';
import { startTestServers } from '../kit/servers';
import { type Side, startTap, type Tap, type Verdict, type Watch } from '../kit/tap';

/** A verdict the first time that a side says something. */
const on =
  (side: Side, said: RegExp, verdict: Verdict): (() => Watch) =>
  () =>
  (from, text) =>
    from === side && said.test(text) ? verdict : 'pass';

/**
 * Where the program is killed after an event was stored, how many invitations have left by then, and
 * how many when the organiser has come back.
 */
const STEPS = [
  ['before MAIL', on('client', /^MAIL FROM/m, 'stop'), 0, 1],
  ['before DATA', on('client', /^DATA\r\n/m, 'stop'), 0, 1],
  ['before the answer to DATA', on('server', /^354/m, 'stop'), 0, 1],
  // It may have left: nobody is asked twice, and the page of the event says so.
  ['before the final dot', on('client', /(?:^|\n)\.\r\n$/, 'stop'), 0, 0],
  ['before the yes', on('server', /^250 .*accepted/m, 'stop'), 1, 1],
  ['at the yes', on('server', /^250 .*accepted/m, 'pass-and-stop'), 1, 1],
] as const;

const ROOT = path.resolve(__dirname, '..', '..');
let dir = '';
let env: NodeJS.ProcessEnv;
let stack: DemoStack;
let tap: Tap;
let served: Served;
let web: WebAgent;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'calendar-crash-'));
  stack = await startTestServers();
  tap = await startTap(stack.smtp);
  env = writeConfig(dir, { ldap: stack.ldap, imap: stack.imap, smtp: tap });
  // What the plugins of the project are granted.
  cpSync(path.join(ROOT, 'config', 'plugins.json'), path.join(dir, 'config', 'plugins.json'));
  served = await serve(env);
  web = new WebAgent(served.url);
  await web.signIn(agent(0).username, agent(0).password);
}, 60_000);
afterAll(async () => {
  await served?.kill();
  await tap?.close();
  await stack?.close();
  rmSync(dir, { recursive: true, force: true });
});

function agent(index: number) {
  const found = stack.agents.filter(({ site }) => site === 'saisons')[index];
  if (!found) throw new Error('no such agent');
  return found;
}

/** Mails that the server took for the one who is asked. */
const taken = (): number =>
  stack.smtp.transactions.filter(({ to }) => to.includes(agent(1).mail)).length;

/** What a process was at is left alone for a minute: it may be at it still. */
async function minutePasses(): Promise<void> {
  const tables = knex({
    client: 'sqlite3',
    connection: { filename: path.join(dir, 'data', 'plugins', 'calendar.sqlite') },
    useNullAsDefault: true,
  });
  await tables('calendar_outgoing').update({ held_ms: 0 });
  await tables.destroy();
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

it.each(STEPS)(
  'an invitation of a program that is killed %s is one',
  async (_name, watch, atKill, atLast) => {
    const title = `Reunion-${STEPS.findIndex(([name]) => name === _name)}`;
    const before = taken();
    const left = (): number => taken() - before;
    const form = await web.get('/calendar/edit');
    expect(form.status).toBe(200);
    const { gone, kill } = served;
    tap.arm(watch(), () => void kill());
    const answered = web
      .submit(form, {
        form: (at) => formAt(at, '/calendar/edit'),
        fill: { summary: title, who: agent(1).mail },
        add: [['save', 'yes']],
      })
      .catch(() => undefined);
    await gone;
    await answered;
    expect(left()).toBe(atKill);

    await minutePasses();
    served = await serve(env);
    web = web.at(served.url);
    // Who comes back is there, and so is the event; what was not mailed is now.
    for (let tries = 0; tries < 100 && left() < atLast; tries += 1) {
      expect((await web.get('/calendar')).status).toBe(200);
      await pause(50);
    }
    await web.get('/calendar');
    const found = await web.get(`/calendar?q=${title}`);
    expect(found.text).toContain('/calendar/event?id=');
    expect(left()).toBe(atLast);
  },
  60_000,
);
