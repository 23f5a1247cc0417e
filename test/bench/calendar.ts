import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Knex } from 'knex';
import { delay } from '../../src/base/async';
import { createLog } from '../../src/base/log';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { pluginFile, pluginFolder } from '../../src/host/plugin-databases';
import { createDatabase } from '../../src/kernel/db';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { parseStatusMb, readCpuMs } from './proc';

const CALENDARS = 20;
const EVENTS = 5_000;
/** Days of the month that is shown. */
const MONTH = { from: Date.UTC(2027, 1, 28), to: Date.UTC(2027, 3, 5), on: '2027-03-15' };
const ROUNDS = 30;
const WARM = 5;
const SIZES = [1_000, 50_000] as const;
const CHANGES = 10;
const IMPORT_MB = 5;
const IMPORTED = 5_000;
const HOUR_MS = 3_600_000;

/** What the calendar costs, in milliseconds of CPU of the whole process. */
export interface CalendarFigures {
  readonly month: {
    readonly events: number;
    readonly calendars: number;
    readonly page: number;
    /** Reading the rows that the month needs, nothing else. */
    readonly rows: number;
    readonly ratio: number;
    /** The first page after a write in one of the calendars, what asks for it included. */
    readonly fresh: number;
    /** When all of them were written. */
    readonly cold: number;
    readonly kilobytes: number;
    /** The same page without an event. */
    readonly empty: number;
  };
  /** What changed since a token, asked of calendars of two sizes. */
  readonly sync: readonly {
    readonly events: number;
    readonly changes: number;
    readonly ms: number;
    readonly kilobytes: number;
  }[];
  readonly import: {
    readonly megabytes: number;
    readonly events: number;
    readonly ms: number;
    readonly before: number;
    readonly most: number;
  };
}

const stampOf = (at: number): string => `${new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')}`;

/** Events as an office has them: one in ten repeats, some take a whole day. */
function eventOf(index: number, count: number): string {
  const begun = MONTH.from + Math.floor((index / count) * (MONTH.to - MONTH.from) * 0.97);
  const at = begun - (begun % HOUR_MS) + 9 * HOUR_MS * Number(index % 2 === 0);
  const day = stampOf(at).slice(0, 8);
  const times =
    index % 8 === 0
      ? [`DTSTART;VALUE=DATE:${day}`]
      : [
          `DTSTART;TZID=Europe/Paris:${stampOf(at).slice(0, 15)}`,
          `DTEND;TZID=Europe/Paris:${stampOf(at + HOUR_MS).slice(0, 15)}`,
        ];
  return [
    'BEGIN:VEVENT',
    `UID:bench-${count}-${index}@saisons.example`,
    'DTSTAMP:20270101T000000Z',
    ...times,
    ...(index % 10 === 0 ? [`RRULE:FREQ=${index % 20 === 0 ? 'MONTHLY' : 'YEARLY'}`] : []),
    `SUMMARY:Point d’équipe ${index} du service des Saisons`,
    'LOCATION:Salle Équinoxe',
    'DESCRIPTION:Ordre du jour : ce qui a été fait\\, ce qui reste à faire\\, et qui le fait.',
    'END:VEVENT\r\n',
  ].join('\r\n');
}

const fileOf = (events: readonly string[]): string =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Bench//FR\r\n${events.join('')}END:VCALENDAR\r\n`;

/** A demonstration whose databases are files, so that its rows can be read beside it. */
class Stand {
  private constructor(
    readonly demo: DemoApp,
    readonly web: WebAgent,
    readonly knex: Knex,
    private readonly dir: string,
  ) {}

  static async start(root: string): Promise<Stand> {
    const dir = mkdtempSync(path.join(tmpdir(), 'estafette-bench-calendar-'));
    mkdirSync(path.join(dir, 'uploads'));
    const demo = await startDemoApp({
      root,
      port: 0,
      app: { log: { level: 'silent' }, dataDir: dir },
      site: (_id, file) => ({
        ...file,
        plugins: { calendar: { maxObjects: 100_000, maxMegabytes: 1_000 } },
      }),
    });
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const { username, password } = agentAt(demo, 0);
    await web.signIn(username, password);
    await web.get('/calendar');
    const filename = pluginFile(pluginFolder({ dataDir: dir }), 'calendar');
    const { knex } = createDatabase({ filename, log: createLog({ level: 'silent' }) });
    return new Stand(demo, web, knex, dir);
  }

  async stop(): Promise<void> {
    await this.knex.destroy();
    await this.demo.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Sends fields, and a file where the page takes one. */
  async post(
    target: string,
    fields: Readonly<Record<string, string>>,
    file?: Blob,
  ): Promise<Response> {
    const page = await this.web.get('/calendar/calendars');
    const body = file ? new FormData() : new URLSearchParams();
    const token = page.all(({ attribs }) => attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
    for (const [name, value] of Object.entries({ _csrf: token, ...fields })) body.set(name, value);
    if (file && body instanceof FormData) body.set('file', file, 'bench.ics');
    return this.web.raw(target, { method: 'POST', body, headers: { Origin: this.web.base } });
  }

  /** As an agent does it: the page of imports, until it says that nothing is under way. */
  async bringIn(calendar: string, text: string): Promise<void> {
    const sent = await this.post('/calendar/import', { calendar }, new Blob([text]));
    const target = sent.headers.get('location');
    if (sent.status !== 200 && sent.status !== 303)
      throw new Error(`the file was refused: ${sent.status}`);
    while (target !== null && (await this.web.get(target)).text.includes('<progress'))
      await delay(50);
  }

  calendars(): Promise<readonly { readonly key: number; readonly id: string }[]> {
    return this.knex('calendar_calendars').orderBy('key').select('key', 'id');
  }
}

/** CPU of this process for some requests that another process sends; bytes of an answer. */
async function cpuOf(
  stand: Stand,
  asked: {
    readonly target: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
  rounds: number,
): Promise<{ readonly ms: number; readonly bytes: number }> {
  const { target, method = 'GET', headers = { cookie: stand.web.cookies }, body } = asked;
  const script = `const [url, init, rounds] = JSON.parse(process.argv[1]);
    (async () => { let bytes = 0; for (let at = 0; at < rounds; at += 1) {
      const answer = await fetch(url, init); bytes = (await answer.arrayBuffer()).byteLength;
      if (answer.status !== 200 && answer.status !== 207) throw new Error(String(answer.status));
    } console.log(bytes); })();`;
  const init = { method, headers: { accept: 'text/html', ...headers }, ...(body && { body }) };
  const run = (times: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const input = JSON.stringify([new URL(target, stand.web.base).href, init, times]);
      const child = spawn(process.execPath, ['-e', script, input], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      child.once('exit', (code) =>
        code === 0 ? resolve(Number(said)) : reject(new Error(`${method} ${target} failed`)),
      );
    });
  await run(WARM);
  const before = readCpuMs(process.pid);
  const bytes = await run(rounds);
  return { ms: (readCpuMs(process.pid) - before) / rounds, bytes };
}

async function measureMonth(stand: Stand): Promise<CalendarFigures['month']> {
  const target = `/calendar?view=month&on=${MONTH.on}`;
  const empty = await cpuOf(stand, { target }, ROUNDS);
  for (let at = 1; at < CALENDARS; at += 1)
    await stand.post('/calendar/calendars/create', { title: `Service ${at}`, colour: 'blue' });
  const all = await stand.calendars();
  if (all.length !== CALENDARS) throw new Error(`${all.length} calendars`);
  const events = Array.from({ length: EVENTS }, (_, at) => eventOf(at, EVENTS));
  for (const [at, { id }] of all.entries())
    await stand.bringIn(id, fileOf(events.filter((_, index) => index % CALENDARS === at)));
  const rows = (): PromiseLike<readonly unknown[]> =>
    stand
      .knex('calendar_objects')
      .whereIn(
        'calendar_key',
        all.map(({ key }) => key),
      )
      .where('last_ms', '>=', MONTH.from)
      .where('first_ms', '<', MONTH.to)
      .select('id', 'calendar_key', 'facts');
  const found = (await rows()).length;
  if (found < EVENTS * 0.95) throw new Error(`${found} events in the month`);
  for (let at = 0; at < WARM; at += 1) await rows();
  const before = readCpuMs(process.pid);
  for (let at = 0; at < ROUNDS; at += 1) await rows();
  const read = (readCpuMs(process.pid) - before) / ROUNDS;
  const page = await cpuOf(stand, { target }, ROUNDS);
  const [first] = all;
  const fresh = await freshOf(stand, target, first ? [first] : []);
  const cold = await freshOf(stand, target, all);
  return {
    fresh,
    cold,
    events: found,
    calendars: all.length,
    page: page.ms,
    rows: read,
    ratio: page.ms / read,
    kilobytes: page.bytes / 1_000,
    empty: empty.ms,
  };
}

/** CPU of a page when some of its calendars were written since the one before. */
async function freshOf(
  stand: Stand,
  target: string,
  written: readonly { readonly key: number }[],
): Promise<number> {
  const keys = written.map(({ key }) => key);
  let ms = 0;
  for (let at = 0; at < ROUNDS; at += 1) {
    await stand.knex('calendar_calendars').whereIn('key', keys).increment('sync_token', 1);
    const before = readCpuMs(process.pid);
    await (await stand.web.raw(target)).text();
    ms += readCpuMs(process.pid) - before;
  }
  return ms / ROUNDS;
}

/** A calendar filled with copies of one row: the text of none is looked at by what is measured. */
async function fill(stand: Stand, count: number): Promise<string> {
  const id = `sync-${count}`;
  await stand.knex('calendar_calendars').insert({
    ...(await stand.knex('calendar_calendars').orderBy('key').first()),
    key: undefined,
    id,
    sync_token: count + 1,
  });
  const { key } = await stand.knex('calendar_calendars').where({ id }).first('key');
  const row = await stand.knex('calendar_objects').first();
  await stand.knex.transaction(async (trx) => {
    for (let from = 0; from < count; from += 50) {
      const some = Array.from({ length: Math.min(50, count - from) }, (_, at) => {
        const name = `${id}-${from + at}`;
        const own = { id: name, uri: `${name}.ics`, uid: name, seq: from + at + 2 };
        return { ...row, ...own, calendar_key: key };
      });
      await trx('calendar_objects').insert(some);
    }
  });
  return id;
}

async function measureSync(stand: Stand): Promise<CalendarFigures['sync']> {
  const { username } = agentAt(stand.demo, 0);
  const user: { id: number } = await stand.demo.app.db
    .knex('users')
    .where({ login: username })
    .first();
  const { secret } = await stand.demo.app.safety.appPasswords.create(user.id as never, 'bench');
  const authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  const found: CalendarFigures['sync'][number][] = [];
  for (const count of SIZES) {
    const target = `/dav/calendar/${await fill(stand, count)}/`;
    const ask = (method: string, at: string, body: string, depth: string): Promise<Response> =>
      fetch(new URL(at, stand.web.base), {
        method,
        body,
        headers: { authorization, depth, 'content-type': 'application/xml' },
      });
    const told = await ask(
      'PROPFIND',
      target,
      '<propfind xmlns="DAV:"><prop><sync-token/></prop></propfind>',
      '0',
    );
    const [, token] = /<[\w:]*sync-token[^>]*>([^<]+)</.exec(await told.text()) ?? [];
    if (token === undefined) throw new Error(`no token: ${told.status}`);
    for (let at = 0; at < CHANGES; at += 1) {
      const put = await fetch(new URL(`${target}new-${at}.ics`, stand.web.base), {
        method: 'PUT',
        body: fileOf([eventOf(at, count + 1)]),
        headers: { authorization, 'content-type': 'text/calendar' },
      });
      if (put.status !== 201) throw new Error(`PUT ${put.status}`);
    }
    const body = `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`;
    const answer = await (await ask('REPORT', target, body, '1')).text();
    const changes = answer.split('new-').length - 1;
    const headers = { authorization, depth: '1', 'content-type': 'application/xml' };
    const { ms, bytes } = await cpuOf(stand, { target, method: 'REPORT', headers, body }, ROUNDS);
    found.push({ events: count, changes, ms, kilobytes: bytes / 1_000 });
  }
  return found;
}

async function measureImport(stand: Stand): Promise<CalendarFigures['import']> {
  const events = Array.from({ length: IMPORTED }, (_, at) => padded(eventOf(at, 100_000)));
  const text = fileOf(events);
  const status = (name: 'VmRSS' | 'VmHWM'): number =>
    parseStatusMb(readFileSync('/proc/self/status', 'utf8'), name);
  const { id = '' } = (await stand.calendars())[0] ?? {};
  const before = status('VmRSS');
  writeFileSync('/proc/self/clear_refs', '5'); // the most is counted from here on
  const startedMs = performance.now();
  await stand.bringIn(id, text);
  return {
    megabytes: Buffer.byteLength(text) / 1e6,
    events: IMPORTED,
    ms: performance.now() - startedMs,
    before,
    most: status('VmHWM'),
  };
}

/** With longer notes, so that as many events as a file has are as large as it. */
function padded(event: string): string {
  const room = (IMPORT_MB * 1_000_000) / IMPORTED - Buffer.byteLength(event) - 10;
  const note = 'Une note. '.repeat(Math.max(Math.floor(room / 10), 0));
  return event.replace('DESCRIPTION:', `DESCRIPTION:${note}`);
}

/** Runs all of it in this process; requests come from another one. */
export async function measureCalendar(
  root: string,
  tell: (text: string) => void,
): Promise<CalendarFigures> {
  const stand = await Stand.start(root);
  try {
    tell(`${CALENDARS} calendars, ${EVENTS} events in one month…`);
    const month = await measureMonth(stand);
    tell(`what changed in calendars of ${SIZES.join(' and ')} events…`);
    const sync = await measureSync(stand);
    tell(`a file of ${IMPORT_MB} MB…`);
    return { month, sync, import: await measureImport(stand) };
  } finally {
    await stand.stop();
  }
}

/** As the report has them. */
export function calendarLines({ month, sync, import: file }: CalendarFigures): readonly string[] {
  const [small, large] = sync;
  const ratio = small && large ? large.ms / small.ms : 0;
  return [
    `Month of ${month.events} events in ${month.calendars} calendars: ${month.page.toFixed(1)} ms of CPU for a page of ${month.kilobytes.toFixed(0)} kB, ${month.ratio.toFixed(1)} times the ${month.rows.toFixed(1)} ms of reading its rows (budget 3); ${month.fresh.toFixed(1)} ms when one of them was written since, ${month.cold.toFixed(1)} ms when all were, ${month.empty.toFixed(1)} ms without an event.`,
    `What changed since a token (sync-collection, ${large?.changes ?? 0} changes): ${sync.map(({ events, ms }) => `${ms.toFixed(1)} ms of CPU in a calendar of ${events} events`).join(', ')}: ${ratio.toFixed(2)} times (budget 1.5).`,
    `A file of ${file.megabytes.toFixed(1)} MB, ${file.events} events, brought in: ${(file.ms / 1_000).toFixed(1)} s, memory ${file.before.toFixed(0)} MB before, ${(file.most - file.before).toFixed(0)} MB more at most, what sends it included.`,
  ];
}

/** `npm run bench -- --calendar`. */
export async function benchCalendar(root: string, isJson: boolean): Promise<void> {
  const figures = await measureCalendar(root, (text) => console.error(text));
  console.log(isJson ? JSON.stringify(figures) : calendarLines(figures).join('\n'));
}
