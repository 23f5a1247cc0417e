import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { calendarConfig } from '../../plugins/calendar/config';
import { type CalendarStore, createStore, type Person } from '../../plugins/calendar/store';
import { createLog } from '../../src/base/log';
import type { DemoApp } from '../../src/demo';
import { pluginFile, pluginFolder } from '../../src/host/plugin-databases';
import { createPluginStore, type PluginStore, STORE_LIMITS } from '../../src/host/plugin-store';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signedInDemo } from '../kit/signed-in-demo';

const STEPS = 60;
const UIDS = 12;
let demo: DemoApp;
let web: WebAgent;
let other: PluginStore;
let store: CalendarStore;
let me: Person;
let authorization: string;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'estafette-concurrent-'));
  mkdirSync(path.join(dir, 'uploads'));
  ({ demo, web } = await signedInDemo({
    seed: false,
    app: { dataDir: dir },
    site: (_id, file) => ({ ...file, plugins: { calendar: true } }),
  }));
  const { username, mail } = agentAt(demo, 0);
  const user: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  const { secret } = await demo.app.safety.appPasswords.create(user.id as never, 'concurrent');
  authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  await web.get('/calendar');
  me = { site: 'saisons' as Person['site'], user: user.id, mail };
  // Another process has a connection of its own to the same file: so has this store.
  other = createPluginStore({
    plugin: 'calendar',
    filename: pluginFile(pluginFolder({ dataDir: dir }), 'calendar'),
    log: createLog({ level: 'silent' }),
    limits: STORE_LIMITS,
    onOverdue: () => {},
  });
  store = createStore({
    db: {
      table: (name: string) => other.knex()(name),
      transaction: <T>(run: (table: (name: string) => unknown) => Promise<T>) =>
        other.transaction((trx) => run((name) => trx(name))),
    },
    clock: { now: () => Date.now() },
    config: () => calendarConfig.parse({}),
    site: () => ({ locale: 'fr' }),
    text: () => (key: string) => key,
  } as unknown as Parameters<typeof createStore>[0]);
}, 60_000);
afterAll(async () => {
  await other?.close();
  await demo?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** The same numbers each time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const event = (uid: string, version: number): string =>
  `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:20270304T090000Z\r\nSUMMARY:${uid} ${version}\r\nEND:VEVENT\r\n`;
const fileOf = (...events: readonly string[]): string =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n${events.join('')}END:VCALENDAR\r\n`;

const dav = (
  method: string,
  uri: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(new URL(`/dav/calendar/agenda/${uri}`, web.base), {
    method,
    headers: { authorization, ...headers },
    ...(body !== undefined && { body }),
  });

interface Told {
  readonly token: string;
  readonly changed: readonly (readonly [string, string])[];
  readonly gone: readonly string[];
}

/** What changed since a token, as a program reads it. */
async function since(token: string): Promise<Told> {
  const answer = await dav(
    'REPORT',
    '',
    `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`,
    { 'content-type': 'application/xml', depth: '1' },
  );
  expect(answer.status).toBe(207);
  const text = await answer.text();
  const parts = text.split(/<(?:\w+:)?response>/).slice(1);
  const inside = (part: string, name: string): string =>
    new RegExp(`<(?:\\w+:)?${name}[^>]*>([^<]*)<`).exec(part)?.[1] ?? '';
  const rows = parts.map((part) => [inside(part, 'href'), inside(part, 'getetag'), part] as const);
  return {
    token: inside(text, 'sync-token'),
    changed: rows.filter(([, etag]) => etag !== '').map(([href, etag]) => [href, etag]),
    gone: rows.filter(([, etag]) => etag === '').map(([href]) => href),
  };
}

const stateAfter = (before: ReadonlyMap<string, string>, { changed, gone }: Told) => {
  const state = new Map(before);
  for (const href of gone) state.delete(href);
  for (const [href, etag] of changed) state.set(href, etag);
  return state;
};
const sorted = (state: ReadonlyMap<string, string>): readonly (readonly string[])[] =>
  [...state].sort(([a], [b]) => (a < b ? -1 : 1));

async function bringIn(text: string): Promise<void> {
  const page = await web.get('/calendar/import');
  const body = new FormData();
  body.set('_csrf', /name="csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '');
  body.set('calendar', 'agenda');
  body.set('file', new Blob([text]), 'x.ics');
  const sent = await web.raw('/calendar/import', { method: 'POST', body });
  const target = sent.headers.get('location');
  // One at a time: another of these steps may have one under way.
  if (target === null) return expect(sent.status).toBe(422);
  while ((await web.get(target)).text.includes('<progress')) await web.get('/calendar/import');
}

it.each([1, 2, 3])(
  'from whatever token, a program comes to what is there (seed %i)',
  async (seed) => {
    const pick = chance(seed * 7_919);
    const seen: { token: string; state: ReadonlyMap<string, string> }[] = [];
    const act = async (): Promise<void> => {
      const uid = `u${pick(UIDS)}`;
      const version = pick(1_000_000);
      const uri = `${uid}.ics`;
      const text = fileOf(event(uid, version));
      switch (pick(6)) {
        case 0:
          await dav('PUT', uri, text, { 'content-type': 'text/calendar' });
          return;
        case 1:
          await dav('DELETE', uri);
          return;
        case 2:
          await store.put(me, 'agenda', uri, text);
          return;
        case 3:
          await store.remove(me, 'agenda', uri);
          return;
        case 4:
          await bringIn(fileOf(event(uid, version), event(`v${pick(UIDS)}`, version)));
          return;
        default:
          await store.putAll(me, 'agenda', [
            { uri, text },
            { uri: `w${version % UIDS}.ics`, text: fileOf(event(`w${version % UIDS}`, version)) },
          ]);
      }
    };
    for (let step = 0; step < STEPS; step += 1) {
      await Promise.all(Array.from({ length: 1 + pick(3) }, act));
      if (step % 6 !== 0) continue;
      const all = await since('');
      seen.push({ token: all.token, state: stateAfter(new Map(), all) });
    }

    const end = sorted(stateAfter(new Map(), await since('')));
    const listed: [string, string][] = [];
    for await (const rows of store.rows(me, 'agenda'))
      for (const { uri, etag } of rows)
        listed.push([`/dav/calendar/agenda/${uri}`, etag.replaceAll('"', '&quot;')]);
    expect(end).toEqual(sorted(new Map(listed)));
    for (const { token, state } of seen)
      expect(sorted(stateAfter(state, await since(token)))).toEqual(end);
  },
  60_000,
);

it('two browsers and a program change one event at once: one is taken, the others are told', async () => {
  const made = await dav('PUT', 'one.ics', fileOf(event('one', 1)), {
    'content-type': 'text/calendar',
  });
  const etag = made.headers.get('etag') ?? '';
  const day = await web.get('/calendar?view=list&on=2027-03-04');
  const [, id = ''] =
    /event\?id=([^"&]+)"[^>]*>(?:(?!event\?id)[\s\S])*?one 1/.exec(day.text) ?? [];
  const page = await web.get(`/calendar/edit?id=${id}`);
  const save = (summary: string) =>
    web.submit(page, {
      form: () =>
        page.all(
          ({ name, attribs }) => name === 'form' && attribs['action'] === '/calendar/edit',
        )[0] as never,
      fill: { summary },
      add: [['save', 'yes']],
    });

  const [first, second, put] = await Promise.all([
    save('du premier'),
    save('du second'),
    dav('PUT', 'one.ics', fileOf(event('one', 2)), {
      'content-type': 'text/calendar',
      'if-match': etag,
    }),
  ]);

  const taken = [first.status === 200, second.status === 200, put.status === 204];
  expect(taken.filter(Boolean)).toHaveLength(1);
  for (const told of [first, second]) expect([200, 409]).toContain(told.status);
  expect([204, 412]).toContain(put.status);
  // What was typed by who came late is still in their page.
  if (first.status === 409) expect(first.text).toContain('du premier');
  if (second.status === 409) expect(second.text).toContain('du second');
});
