import path from 'node:path';
import { delay } from '../../src/base/async';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const HOST = '127.0.0.1';

let demo: DemoApp;

/** Somebody with a telephone (CalDAV) and a browser. */
interface Agent {
  readonly web: WebAgent;
  readonly mail: string;
  readonly username: string;
  readonly secret: string;
}
let ada: Agent;
let bob: Agent;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (id, file) => ({
      ...file,
      hosts: [id === 'saisons' ? HOST : 'localhost'],
      plugins: { calendar: true },
    }),
    app: { log: { level: 'silent' } },
  });
  const started = async (agent: (typeof demo.stack.agents)[number] | undefined) => {
    if (!agent) throw new Error('no such agent');
    const web = new WebAgent(`http://${HOST}:${demo.port}`);
    await web.signIn(agent.username, agent.password);
    await web.get('/calendar');
    const { username, mail } = agent;
    const row: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
    const { secret } = await demo.app.safety.appPasswords.create(row.id as never, 'Telephone');
    return { web, mail, username, secret };
  };
  const agents = demo.stack.agents.filter(({ site }) => site === 'saisons');
  ada = await started(agents[0]);
  bob = await started(agents[1]);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function dav(
  { username, secret }: Agent,
  method: string,
  at: string,
  {
    body,
    headers = {},
  }: { readonly body?: string; readonly headers?: Record<string, string> } = {},
) {
  const auth = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  const type = /^(?:PUT|POST)$/.test(method) ? 'text/calendar' : 'application/xml';
  const response = await fetch(`http://${HOST}:${demo.port}${at}`, {
    method,
    headers: { Authorization: auth, 'Content-Type': type, ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const lines = (...all: readonly string[]): string => `${all.join('\r\n')}\r\n`;
const unfolded = (text: string): string => text.replace(/\r\n[ \t]/g, '');

interface Told {
  readonly uid: string;
  readonly time?: string;
  readonly sequence?: number;
  /** PARTSTAT and other parameters of Bob's. */
  readonly bob?: string;
  readonly organiser?: string;
  readonly more?: readonly string[];
  readonly repeats?: string;
}

const meeting = ({
  uid,
  time = '20270405T090000Z',
  sequence = 0,
  bob: params = 'PARTSTAT=NEEDS-ACTION',
  organiser = '',
  more = [],
  repeats,
}: Told): string =>
  lines(
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Telephone//FR',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20260101T000000Z',
    `DTSTART:${time}`,
    'DURATION:PT1H',
    `SEQUENCE:${sequence}`,
    `SUMMARY:Réunion ${uid}`,
    ...(repeats === undefined ? [] : [`RRULE:${repeats}`]),
    `ORGANIZER${organiser};CN=Ada:mailto:${ada.mail}`,
    `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${ada.mail}`,
    `ATTENDEE;${params}:mailto:${bob.mail}`,
    ...more,
    'END:VEVENT',
    'END:VCALENDAR',
  );

const at = (uid: string): string => `/dav/calendar/agenda/${uid}.ics`;
const put = (who: Agent, told: Told, headers: Record<string, string> = {}) =>
  dav(who, 'PUT', at(told.uid), { body: meeting(told), headers });
const stored = async (who: Agent, uid: string): Promise<string> =>
  unfolded((await dav(who, 'GET', at(uid))).text);
const answerOf = (text: string, mail: string): string =>
  new RegExp(`^ATTENDEE(.*):mailto:${mail}$`, 'im').exec(text)?.[1] ?? 'nobody';

/** Messages of a mailbox whose subject has some words. */
async function messagesOf(who: Agent, words: string): Promise<number> {
  const list = await who.web.get('/mail/me/INBOX');
  const found = (page: Page) =>
    page
      .all((one) => one.name === 'a' && /^\/mail\/me\/INBOX\/\d+/.test(one.attribs['href'] ?? ''))
      .filter((one) => textOf(one).includes(words))
      .map((one) => one.attribs['href'] ?? '');
  return new Set(found(list)).size;
}

async function arrived(who: Agent, words: string, count = 1): Promise<number> {
  for (let tries = 0; tries < 80; tries += 1) {
    const found = await messagesOf(who, words);
    if (found >= count) return found;
    await delay(100);
  }
  return messagesOf(who, words);
}

/** What a telephone wrote down leaves when its owner is there, or in their absence minutes later. */
const opens = (who: Agent): Promise<Page> => who.web.get('/calendar');

/** Both have the meeting, as a telephone that was asked puts it into its calendar. */
async function agreed(uid: string, more: Partial<Told> = {}): Promise<void> {
  expect((await put(ada, { uid, ...more })).status).toBe(201);
  const first = await put(bob, { uid, bob: 'PARTSTAT=NEEDS-ACTION', ...more });
  expect(first.status).toBe(201);
}

describe('a telephone that organises', () => {
  it('is told that the server mails, and where it asks for times', async () => {
    const options = await dav(ada, 'OPTIONS', '/dav/calendar/');
    expect(options.headers.get('dav')).toContain('calendar-auto-schedule');
    const asked =
      '<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><C:schedule-inbox-URL/><C:schedule-outbox-URL/><C:calendar-user-address-set/></prop></propfind>';
    const principal = await dav(ada, 'PROPFIND', `/dav/principals/${ada.username}/`, {
      body: asked,
      headers: { Depth: '0' },
    });
    for (const word of ['/dav/calendar/inbox/', '/dav/calendar/outbox/', `mailto:${ada.mail}`])
      expect(principal.text).toContain(word);
    const home = await dav(ada, 'PROPFIND', '/dav/calendar/', { headers: { Depth: '1' } });
    expect(home.text).toContain('<CAL:schedule-inbox/>');
    const inbox = await dav(ada, 'PROPFIND', '/dav/calendar/inbox/', { headers: { Depth: '1' } });
    expect([inbox.status, inbox.text.includes('schedule-default-calendar-URL')]).toEqual([
      207,
      true,
    ]);
  });

  it('asks by mail once, changes and cancels; answers come to its copy', async () => {
    const uid = 'organise';
    const made = await put(ada, { uid });
    expect([made.status, made.headers.get('etag')]).toEqual([201, null]);
    expect(made.headers.get('schedule-tag')).toMatch(/^".+"$/);
    expect(answerOf(await stored(ada, uid), bob.mail)).toContain('SCHEDULE-STATUS=1.1');
    await opens(ada);
    expect(await arrived(bob, `Réunion ${uid}`)).toBe(1);
    // The same text again asks nobody.
    expect((await put(ada, { uid })).status).toBe(204);
    await opens(ada);

    expect((await put(bob, { uid, bob: 'PARTSTAT=ACCEPTED' })).status).toBe(201);
    expect(answerOf(await stored(ada, uid), bob.mail)).toContain('PARTSTAT=ACCEPTED');
    await opens(bob);
    expect(await arrived(ada, `Réunion ${uid}`)).toBe(1);

    // Another time: asked again, and moved for who has it.
    expect((await put(ada, { uid, time: '20270406T100000Z', sequence: 1 })).status).toBe(204);
    await opens(ada);
    expect(await arrived(bob, `Réunion ${uid}`, 2)).toBe(2);
    const copy = await stored(bob, uid);
    expect(copy).toContain('DTSTART:20270406T100000Z');
    expect(answerOf(copy, bob.mail)).toContain('PARTSTAT=NEEDS-ACTION');

    expect((await dav(ada, 'DELETE', at(uid))).status).toBe(204);
    await opens(ada);
    expect(await arrived(bob, `Réunion ${uid}`, 3)).toBe(3);
    expect(await stored(bob, uid)).toContain('STATUS:CANCELLED');
  });

  it('leaves alone whom another program asks (SCHEDULE-AGENT)', async () => {
    const uid = 'autre-programme';
    await put(ada, { uid, bob: 'SCHEDULE-AGENT=CLIENT;PARTSTAT=NEEDS-ACTION' });
    await opens(ada);
    await put(ada, { uid: 'temoin' });
    await opens(ada);
    expect(await arrived(bob, 'Réunion temoin')).toBe(1);
    expect(await messagesOf(bob, `Réunion ${uid}`)).toBe(0);
  });

  it('does not lose an answer that came since it read the meeting (Schedule-Tag)', async () => {
    const uid = 'etiquette';
    await agreed(uid);
    const tag = (await dav(ada, 'GET', at(uid))).headers.get('schedule-tag') ?? '';
    const etag = (await dav(ada, 'GET', at(uid))).headers.get('etag') ?? '';
    await put(bob, { uid, bob: 'PARTSTAT=TENTATIVE' });
    const late = { uid, more: ['LOCATION:Salle Équinoxe'] };
    expect((await put(ada, late, { 'If-Match': etag })).status).toBe(412);
    expect((await put(ada, late, { 'If-Schedule-Tag-Match': '"autre"' })).status).toBe(412);
    expect((await put(ada, late, { 'If-Schedule-Tag-Match': tag })).status).toBe(204);
    const text = await stored(ada, uid);
    expect(text).toContain('LOCATION:Salle Équinoxe');
    expect(answerOf(text, bob.mail)).toContain('PARTSTAT=TENTATIVE');
  });

  it('names one organiser', async () => {
    const torn = meeting({ uid: 'deux' }).replace(
      'END:VCALENDAR',
      lines(
        'BEGIN:VEVENT',
        'UID:deux',
        'DTSTAMP:20260101T000000Z',
        'RECURRENCE-ID:20270405T090000Z',
        'DTSTART:20270405T100000Z',
        `ORGANIZER:mailto:${bob.mail}`,
        `ATTENDEE:mailto:${ada.mail}`,
        'END:VEVENT',
        'END:VCALENDAR',
      ).trimEnd(),
    );
    const refused = await dav(ada, 'PUT', at('deux'), { body: torn });
    expect([refused.status, refused.text.includes('same-organizer-in-all-components')]).toEqual([
      403,
      true,
    ]);
  });
});

it('asks and answers nobody of what is over, as when calendars move here', async () => {
  const old = '20200405T090000Z';
  expect((await put(ada, { uid: 'ancienne', time: old })).status).toBe(201);
  expect((await put(bob, { uid: 'ancienne', time: old, bob: 'PARTSTAT=ACCEPTED' })).status).toBe(
    201,
  );
  await opens(ada);
  await opens(bob);
  await put(ada, { uid: 'a-venir' });
  await opens(ada);
  expect(await arrived(bob, 'Réunion a-venir')).toBe(1);
  expect([await messagesOf(bob, 'ancienne'), await messagesOf(ada, 'ancienne')]).toEqual([0, 0]);
});

it('tells of what ends in the past, and did not before', async () => {
  const uid = 'terminee';
  await agreed(uid, { repeats: 'FREQ=DAILY', time: '20200405T090000Z' });
  await put(bob, {
    uid,
    repeats: 'FREQ=DAILY',
    time: '20200405T090000Z',
    bob: 'PARTSTAT=ACCEPTED',
  });
  const repeats = 'FREQ=DAILY;UNTIL=20200410T090000Z';
  await put(ada, { uid, repeats, time: '20200405T090000Z', sequence: 1 });
  expect(await stored(bob, uid)).toContain('UNTIL=20200410T090000Z');
});

describe('a telephone that is asked', () => {
  /** A series with exceptions at the times of their occurrences, each with what Bob says of it. */
  const withAnswers = (uid: string, days: number, said: string, hour = '09'): string => {
    const [head = '', tail = ''] = meeting({
      uid,
      repeats: 'FREQ=DAILY;COUNT=26',
      bob: 'PARTSTAT=ACCEPTED',
    }).split('END:VCALENDAR');
    const others = Array.from({ length: days }, (_, day) => {
      const date = new Date(Date.UTC(2027, 3, 6 + day))
        .toISOString()
        .slice(0, 10)
        .replaceAll('-', '');
      return lines(
        'BEGIN:VEVENT',
        `UID:${uid}`,
        'DTSTAMP:20260101T000000Z',
        `RECURRENCE-ID:${date}T090000Z`,
        `DTSTART:${date}T${hour}0000Z`,
        'DURATION:PT1H',
        `SUMMARY:Réunion ${uid}`,
        `ORGANIZER;CN=Ada:mailto:${ada.mail}`,
        `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${ada.mail}`,
        `ATTENDEE;PARTSTAT=${said}:mailto:${bob.mail}`,
        'END:VEVENT',
      );
    }).join('');
    return `${head}${others}END:VCALENDAR${tail}`;
  };

  it('answers many occurrences at once, none of which is lost', async () => {
    const uid = 'beaucoup';
    await agreed(uid, { repeats: 'FREQ=DAILY;COUNT=26' });
    await put(bob, { uid, repeats: 'FREQ=DAILY;COUNT=26', bob: 'PARTSTAT=ACCEPTED' });
    const sent = await dav(bob, 'PUT', at(uid), { body: withAnswers(uid, 25, 'DECLINED') });
    expect(sent.status).toBe(204);
    const parts = (await stored(ada, uid)).split('BEGIN:VEVENT').slice(2);
    expect(parts).toHaveLength(25);
    expect(parts.filter((part) => !answerOf(part, bob.mail).includes('DECLINED'))).toEqual([]);
    await opens(bob);
    // One mail for all of them, after the one that accepted.
    expect(await arrived(ada, `Réunion ${uid}`, 2)).toBe(2);
  });

  it('makes no occurrence that the organiser does not have', async () => {
    const uid = 'inventee';
    await agreed(uid, { repeats: 'FREQ=DAILY;COUNT=26' });
    const moved = await dav(bob, 'PUT', at(uid), { body: withAnswers(uid, 1, 'ACCEPTED', '14') });
    expect(moved.status).toBe(403);
  });

  it('does not make a meeting its own', async () => {
    const uid = 'reprise';
    await agreed(uid);
    const own = meeting({ uid }).replaceAll(/(?:ORGANIZER|ATTENDEE).*\r\n/g, '');
    expect((await dav(bob, 'PUT', at(uid), { body: own })).status).toBe(403);
    expect(await stored(bob, uid)).toContain('ORGANIZER');
  });

  it('sends again what it forces once (SCHEDULE-FORCE-SEND)', async () => {
    const uid = 'forcee';
    await agreed(uid);
    await put(bob, { uid, bob: 'PARTSTAT=ACCEPTED' });
    const asked = { uid, bob: 'PARTSTAT=ACCEPTED', organiser: ';SCHEDULE-FORCE-SEND=REPLY' };
    expect((await put(bob, asked)).status).toBe(204);
    expect(await stored(bob, uid)).not.toContain('FORCE-SEND');
  });

  it('declines an occurrence to which it was asked alone by deleting it', async () => {
    const uid = 'une-seule';
    await put(ada, { uid, repeats: 'FREQ=DAILY;COUNT=26', bob: 'PARTSTAT=ACCEPTED' });
    const whole = withAnswers(uid, 1, 'ACCEPTED');
    const one = whole.replace(/BEGIN:VEVENT[\s\S]*?END:VEVENT\r\n/, '');
    expect((await dav(bob, 'PUT', at(uid), { body: one })).status).toBe(201);
    expect((await dav(bob, 'DELETE', at(uid))).status).toBe(204);
    const parts = (await stored(ada, uid)).split('BEGIN:VEVENT').slice(1);
    expect(parts.map((part) => answerOf(part, bob.mail).includes('DECLINED'))).toEqual([
      false,
      true,
    ]);
  });

  it('answers once, and takes nothing of the organiser’s', async () => {
    const uid = 'reponse';
    await agreed(uid);
    await put(bob, { uid, bob: 'PARTSTAT=DECLINED' });
    await put(bob, { uid, bob: 'PARTSTAT=DECLINED', more: ['TRANSP:TRANSPARENT'] });
    expect(answerOf(await stored(ada, uid), bob.mail)).toContain('PARTSTAT=DECLINED');
    await opens(bob);
    expect(await arrived(ada, `Réunion ${uid}`)).toBe(1);
    const moved = await put(bob, { uid, time: '20270405T110000Z' });
    expect([
      moved.status,
      moved.text.includes('allowed-attendee-scheduling-object-change'),
    ]).toEqual([403, true]);
  });

  it('declines an occurrence that it takes out of a series', async () => {
    const uid = 'serie';
    const repeats = 'FREQ=DAILY;COUNT=3';
    await agreed(uid, { repeats });
    await put(bob, { uid, repeats, bob: 'PARTSTAT=ACCEPTED' });
    await put(bob, { uid, repeats, bob: 'PARTSTAT=ACCEPTED', more: ['EXDATE:20270406T090000Z'] });
    const text = await stored(ada, uid);
    const parts = text.split('BEGIN:VEVENT').slice(1);
    expect(parts).toHaveLength(2);
    const one = parts.find((part) => part.includes('RECURRENCE-ID')) ?? '';
    expect(one).toContain('RECURRENCE-ID:20270406T090000Z');
    expect(answerOf(one, bob.mail)).toContain('PARTSTAT=DECLINED');
  });

  it('declines by deleting, unless it says that it does not (Schedule-Reply)', async () => {
    await agreed('efface');
    expect((await dav(bob, 'DELETE', at('efface'))).status).toBe(204);
    expect(answerOf(await stored(ada, 'efface'), bob.mail)).toContain('PARTSTAT=DECLINED');
    await agreed('efface-sans');
    const quiet = await dav(bob, 'DELETE', at('efface-sans'), {
      headers: { 'Schedule-Reply': 'F' },
    });
    expect(quiet.status).toBe(204);
    expect(answerOf(await stored(ada, 'efface-sans'), bob.mail)).toContain('NEEDS-ACTION');
  });

  it('changes nothing of a meeting that the organiser does not have', async () => {
    const uid = 'inconnue';
    expect((await put(bob, { uid, bob: 'PARTSTAT=ACCEPTED' })).status).toBe(201);
    expect((await dav(ada, 'GET', at(uid))).status).toBe(404);
  });
});

describe('the outbox', () => {
  const ask = (who: Agent, organiser: string, ...attendees: readonly string[]) =>
    dav(who, 'POST', '/dav/calendar/outbox/', {
      body: lines(
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:-//Telephone//FR',
        'METHOD:REQUEST',
        'BEGIN:VFREEBUSY',
        'UID:question',
        'DTSTAMP:20260101T000000Z',
        'DTSTART:20270501T000000Z',
        'DTEND:20270502T000000Z',
        `ORGANIZER:mailto:${organiser}`,
        ...attendees.map((mail) => `ATTENDEE:mailto:${mail}`),
        'END:VFREEBUSY',
        'END:VCALENDAR',
      ),
    });

  it('says when people are busy, and nothing of what by', async () => {
    await put(bob, { uid: 'secret', time: '20270501T080000Z', bob: 'PARTSTAT=ACCEPTED' });
    const answer = await ask(ada, ada.mail, bob.mail, 'personne@ailleurs.example');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('2.0;Success');
    expect(answer.text).toContain('FREEBUSY;FBTYPE=BUSY:20270501T080000Z/20270501T090000Z');
    expect(answer.text).toContain('3.7;Invalid Calendar User');
    expect(answer.text).not.toContain('Réunion');
  });

  it('is asked in one’s own name, in a question that can be read', async () => {
    expect((await ask(ada, bob.mail, bob.mail)).status).toBe(403);
    const wrong = await dav(ada, 'POST', '/dav/calendar/outbox/', { body: 'rien' });
    expect(wrong.status).toBe(400);
    expect((await dav(ada, 'POST', '/dav/calendar/agenda/')).status).toBe(405);
  });
});
