import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { HOSTILE_CALENDARS } from '../kit/hostile-calendars';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

const CPU_MS = 2_000;
let demo: DemoApp;
let web: WebAgent;
/** Of somebody whose calendar has nothing of this in it. */
let clean: WebAgent;
let authorization: string;
const figures: string[] = [];

beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: true } }),
  }));
  const { username } = agentAt(demo, 0);
  const user: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  const { secret } = await demo.app.safety.appPasswords.create(user.id as never, 'hostile');
  authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  await web.get('/calendar');
  ({ web: clean } = await signInTo(demo, agentAt(demo, 1)));
}, 60_000);
afterAll(async () => {
  console.log(
    figures
      .sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a))
      .slice(0, 12)
      .join('\n'),
  );
  await demo?.stop();
});

/**
 * What something answers, and the CPU that all of the process took for it. Its jobs and its collector of
 * garbage are in the figure, and on a machine that does other work all of it is dearer: what took too long
 * is done again, twice at most, and the least is what it costs.
 */
async function costing<T>(name: string, work: () => Promise<T>): Promise<T> {
  let least = Number.POSITIVE_INFINITY;
  let done: T;
  let tries = 0;
  do {
    const before = process.cpuUsage();
    done = await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
    tries += 1;
  } while (least >= CPU_MS && tries < 3);
  figures.push(`${least.toFixed(0)} ms: ${name}`);
  expect(least).toBeLessThan(CPU_MS);
  return done;
}

const bytesOf = (made: string | Buffer): Buffer => Buffer.from(made as string);
const token = async (): Promise<string> =>
  /name="csrf-token" content="([^"]+)"/.exec((await web.get('/calendar/import')).text)?.[1] ?? '';

describe.each(Object.keys(HOSTILE_CALENDARS))('%s', (name) => {
  const content = bytesOf((HOSTILE_CALENDARS[name] as () => string | Buffer)());

  it('is taken or refused by PUT', async () => {
    const target = `/dav/calendar/agenda/${Object.keys(HOSTILE_CALENDARS).indexOf(name)}.ics`;
    const put = await costing(`PUT, ${name}`, () =>
      fetch(new URL(target, web.base), {
        method: 'PUT',
        body: new Uint8Array(content),
        headers: { authorization, 'content-type': 'text/calendar; charset=utf-8' },
      }),
    );

    expect([201, 204, 400, 403, 409, 412, 413, 415]).toContain(put.status);
    if (put.status >= 300) return;
    const kept = await fetch(new URL(target, web.base), { headers: { authorization } });
    expect(Buffer.from(await kept.arrayBuffer()).equals(content)).toBe(true);
  });

  it('is brought in with a report, or refused in words', async () => {
    const body = new FormData();
    body.set('_csrf', await token());
    body.set('calendar', 'agenda');
    body.set('file', new Blob([new Uint8Array(content)]), 'hostile.ics');
    const status = await costing(`import, ${name}`, async () => {
      const sent = await web.raw('/calendar/import', { method: 'POST', body });
      const target = sent.headers.get('location');
      if (target === null) return sent.status;
      for (let looks = 0; looks < 100; looks += 1) {
        const shown = await web.get(target);
        if (!shown.text.includes('<progress')) return shown.status;
      }
      return 0;
    });

    expect([200, 422]).toContain(status);
  });
});

it.each(['day', 'week', 'month', 'list'])(
  'the %s shows what was taken, as text alone',
  async (view) => {
    const page = await costing(view, () => web.get(`/calendar?view=${view}&on=2027-03-04`));

    expect(page.status).toBe(200);
    // Of so many at once the others draw a part.
    if (view === 'list') expect(page.text).toContain('&lt;img src=x');
    expect(page.text).not.toMatch(/<img src=x|<script>alert/);
  },
);

it.each([
  ['<expand>', '<C:expand start="20270101T000000Z" end="20280101T000000Z"/>'],
  ['<nothing>', ''],
])('a query of a year with %s costs no more', async (name, data) => {
  const answer = await costing(`calendar-query ${name}`, () =>
    fetch(new URL('/dav/calendar/agenda/', web.base), {
      method: 'REPORT',
      headers: { authorization, depth: '1', 'content-type': 'application/xml' },
      body: `<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/><C:calendar-data>${data}</C:calendar-data></prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20270101T000000Z" end="20280101T000000Z"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`,
    }),
  );

  expect([207, 507]).toContain(answer.status);
  await answer.text();
});

it('search, export and the trash go on', async () => {
  for (const target of ['/calendar?q=alert', '/calendar/export?calendar=agenda', '/calendar/trash'])
    expect([target, (await costing(target, () => web.raw(target))).status]).toEqual([target, 200]);
});

const HTML = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
const TYPED: Readonly<Record<string, string>> = {
  HTML,
  'half a million characters': 'x'.repeat(500_000),
  'a year of nobody': '99999-99-99',
  'the year 1': '0001-01-01',
  'a rule of each second': 'FREQ=SECONDLY',
  'lines of iCalendar': 'x\r\nEND:VEVENT\r\nATTENDEE:mailto:z@saisons.example',
  'signs that turn text': '\u202Egnp.x\u0000\uD800',
  'a number beyond all': '1e309',
  nothing: '',
};

it.each(Object.keys(TYPED))('the form takes or refuses in each of its fields: %s', async (name) => {
  const value = TYPED[name] ?? '';
  const form = await clean.get('/calendar/edit?start=2027-03-04T10:00');
  const names = form
    .all(({ name: tag, attribs }) => /^(?:input|select|textarea)$/.test(tag) && 'name' in attribs)
    .map(({ attribs }) => attribs['name'] ?? '')
    .filter((field) => field !== '_csrf' && field !== 'uid');
  expect(names.length).toBeGreaterThan(8);
  for (const field of new Set(names)) {
    const sent = await costing(`${field} of a form, ${name}`, () =>
      clean.submit(form, {
        form: (page) =>
          page.all(
            ({ name: tag, attribs }) => tag === 'form' && attribs['action'] === '/calendar/edit',
          )[0] as never,
        fill: { summary: 'Essai', [field]: value },
        add: [['save', 'yes']],
      }),
    );
    expect([field, sent.status < 500]).toEqual([field, true]);
    expect(sent.text).not.toMatch(/<img src=x|<script>alert/);
  }
});
