import { createDAVClient } from 'tsdav';
import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;
let people: readonly string[];

beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: true } }),
  }));
  // The second agent is known from their first sign-in on.
  await signInTo(demo, agentAt(demo, 1));
  people = await Promise.all([0, 1].map(passwordOf));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function passwordOf(index: number): Promise<string> {
  const { username } = agentAt(demo, index);
  const row: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  const { secret } = await demo.app.safety.appPasswords.create(row.id as never, 'Téléphone');
  return `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}
interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly as?: number;
}

async function ask(
  method: string,
  target: string,
  { headers = {}, body, as = 0 }: Sent = {},
): Promise<Answer> {
  const path = target.startsWith('/') ? target : `/dav/calendar/${target}`;
  const answer = await fetch(new URL(path, web.base), {
    method,
    redirect: 'manual',
    headers: { Authorization: people[as] ?? '', ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const calendar = (content: string): string =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//FR\r\n${content}END:VCALENDAR\r\n`;
const event = (uid: string, lines: string, more = ''): string =>
  calendar(
    `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\n${lines}END:VEVENT\r\n${more}`,
  );
const AT_NINE =
  'DTSTART;TZID=Europe/Paris:20260302T090000\r\nDTEND;TZID=Europe/Paris:20260302T100000\r\n';
const simple = (uid: string, more = ''): string =>
  event(uid, `${AT_NINE}SUMMARY:Réunion ${uid}\r\n${more}`);
const put = (uri: string, body: Sent['body'], headers: Record<string, string> = {}, as = 0) =>
  ask('PUT', uri, {
    headers: { 'Content-Type': 'text/calendar; charset=utf-8', ...headers },
    body: body ?? '',
    as,
  });

const SPACES =
  'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"';
const propfind = (target: string, depth: string, props: string, as = 0) =>
  ask('PROPFIND', target, {
    headers: { Depth: depth },
    body: `<D:propfind ${SPACES}><D:prop>${props}</D:prop></D:propfind>`,
    as,
  });
const report = (target: string, name: string, content: string) =>
  ask('REPORT', target, {
    headers: { Depth: '1' },
    body: `<${name} ${SPACES}>${content}</${name}>`,
  });
const patch = (target: string, set: string, remove = '') =>
  ask('PROPPATCH', target, {
    body: `<D:propertyupdate ${SPACES}><D:set><D:prop>${set}</D:prop></D:set>${remove && `<D:remove><D:prop>${remove}</D:prop></D:remove>`}</D:propertyupdate>`,
  });
const make = (target: string, props = '') =>
  ask('MKCALENDAR', target, {
    ...(props && {
      body: `<C:mkcalendar ${SPACES}><D:set><D:prop>${props}</D:prop></D:set></C:mkcalendar>`,
    }),
  });
const hrefsIn = (text: string): string[] =>
  [...text.matchAll(/<D:response><D:href>([^<]+)<\/D:href>/g)].map(([, href = '']) => href).sort();
const namesIn = (text: string): string[] => hrefsIn(text).map((href) => href.replace(/^.*\//, ''));
/** Text of an element of an answer, as a program reads it. */
const valueIn = (text: string, name: string): string =>
  (new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(text)?.[1] ?? '')
    .replaceAll('&#13;', '\r')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('discovery', () => {
  it('leads from the well-known address over the principal to the home', async () => {
    const known = await ask('PROPFIND', '/.well-known/caldav', { headers: { Authorization: '' } });
    expect([known.status, known.headers.get('location')]).toEqual([301, '/dav/']);

    const { username, mail } = agentAt(demo, 0);
    const principal = await propfind(
      `/dav/principals/${username}/`,
      '0',
      '<C:calendar-home-set/><C:calendar-user-address-set/><C:calendar-user-type/><CS:email-address-set/><D:principal-collection-set/>',
    );
    for (const part of [
      '<CAL:calendar-home-set><D:href>/dav/calendar/</D:href></CAL:calendar-home-set>',
      `<CAL:calendar-user-address-set><D:href>mailto:${mail}</D:href><D:href>/dav/principals/${username}/</D:href>`,
      '<CAL:calendar-user-type>INDIVIDUAL</CAL:calendar-user-type>',
      `<CS:email-address>${mail}</CS:email-address>`,
      '<D:principal-collection-set><D:href>/dav/principals/</D:href></D:principal-collection-set>',
    ]) {
      expect(principal.text).toContain(part);
    }
    const options = await ask('OPTIONS', '');
    expect(options.headers.get('dav')).toBe(
      '1, 3, extended-mkcol, calendar-access, calendar-auto-schedule',
    );
    expect(options.headers.get('allow')).toContain('MKCALENDAR');
  });

  it('lists the calendars of a person, with what a program needs to know of each', async () => {
    const answer = await propfind(
      '',
      '1',
      '<D:resourcetype/><D:sync-token/><CS:getctag/><D:supported-report-set/><C:supported-calendar-component-set/><C:supported-calendar-data/><C:max-resource-size/><D:current-user-privilege-set/><D:owner/><A:calendar-color/><D:quota/>',
    );

    expect(answer.status).toBe(207);
    expect(hrefsIn(answer.text)).toEqual([
      '/dav/calendar/',
      '/dav/calendar/agenda/',
      '/dav/calendar/inbox/',
      '/dav/calendar/outbox/',
    ]);
    for (const part of [
      '<D:resourcetype><D:collection/><CAL:calendar/></D:resourcetype>',
      '<CAL:comp name="VEVENT"/><CAL:comp name="VTODO"/>',
      '<CAL:calendar-data content-type="text/calendar" version="2.0"/>',
      '<D:report><CAL:calendar-query/></D:report>',
      '<D:report><D:sync-collection/></D:report>',
      '<CAL:max-resource-size>1000000</CAL:max-resource-size>',
      '<D:privilege><D:write-content/></D:privilege>',
      '<D:privilege><CAL:read-free-busy/></D:privilege>',
      `<D:owner><D:href>/dav/principals/${agentAt(demo, 0).username}/</D:href></D:owner>`,
      '<ICAL:calendar-color>#00897BFF</ICAL:calendar-color>',
      '<D:prop><D:quota/></D:prop><D:status>HTTP/1.1 404 Not Found</D:status>',
    ]) {
      expect(answer.text).toContain(part);
    }
  });
});

describe('a calendar', () => {
  const VZONE =
    'BEGIN:VCALENDAR&#13;\nVERSION:2.0&#13;\nBEGIN:VTIMEZONE&#13;\nTZID:Europe/Paris&#13;\nBEGIN:STANDARD&#13;\nDTSTART:19701025T030000&#13;\nTZOFFSETFROM:+0200&#13;\nTZOFFSETTO:+0100&#13;\nEND:STANDARD&#13;\nEND:VTIMEZONE&#13;\nEND:VCALENDAR&#13;\n';
  const KEPT = '<D:displayname/><A:calendar-color/><A:calendar-order/><C:calendar-description/>';

  it('is made, named, coloured and removed', async () => {
    const made = await make(
      'equipe/',
      `<D:displayname>Équipe &amp; amis</D:displayname><A:calendar-color>#FF2968FF</A:calendar-color><A:calendar-order>7</A:calendar-order><C:calendar-description>Tous</C:calendar-description><C:calendar-timezone>${VZONE}</C:calendar-timezone>`,
    );
    expect([made.status, made.headers.get('location')]).toEqual([201, '/dav/calendar/equipe/']);
    const first = await propfind('equipe/', '0', `${KEPT}<C:calendar-timezone/>`);
    expect(valueIn(first.text, 'D:displayname')).toBe('Équipe & amis');
    // As the program wrote it, though pages know seven colours.
    expect(valueIn(first.text, 'ICAL:calendar-color')).toBe('#FF2968FF');
    expect(valueIn(first.text, 'ICAL:calendar-order')).toBe('7');
    expect(valueIn(first.text, 'CAL:calendar-description')).toBe('Tous');
    expect(valueIn(first.text, 'CAL:calendar-timezone')).toContain('TZID:Europe/Paris\r\n');

    const changed = await patch(
      'equipe/',
      '<D:displayname>Unité</D:displayname><A:calendar-color>#0000ff</A:calendar-color>',
      '<A:calendar-order/>',
    );
    expect(changed.text).toContain('</D:prop><D:status>HTTP/1.1 200 OK');
    const second = await propfind('equipe/', '0', KEPT);
    expect(valueIn(second.text, 'D:displayname')).toBe('Unité');
    expect(valueIn(second.text, 'ICAL:calendar-color')).toBe('#0000ff');
    expect(second.text).toContain('<D:prop><ICAL:calendar-order/></D:prop><D:status>HTTP/1.1 404');

    expect((await ask('DELETE', 'equipe/')).status).toBe(204);
    expect((await propfind('equipe/', '0', KEPT)).status).toBe(404);
  });

  it('is changed all or not at all', async () => {
    await make('tout/');
    const partly = await patch(
      'tout/',
      '<D:displayname>Non</D:displayname><D:getetag>x</D:getetag>',
    );

    expect(partly.text).toContain('<D:prop><D:getetag/></D:prop><D:status>HTTP/1.1 403');
    expect(partly.text).toContain('<D:prop><D:displayname/></D:prop><D:status>HTTP/1.1 424');
    expect(valueIn((await propfind('tout/', '0', KEPT)).text, 'D:displayname')).toBe('tout');
    for (const wrong of [
      '<A:calendar-color>rouge</A:calendar-color>',
      '<A:calendar-order>un</A:calendar-order>',
      '<C:calendar-timezone>Paris</C:calendar-timezone>',
      '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>',
      `<C:calendar-description>${'x'.repeat(20_000)}</C:calendar-description>`,
    ]) {
      expect((await patch('tout/', wrong)).text).toContain('HTTP/1.1 403');
    }
  });

  it('is for the components that it was made for', async () => {
    const set = (...names: string[]) =>
      `<C:supported-calendar-component-set>${names.map((name) => `<C:comp name="${name}"/>`).join('')}</C:supported-calendar-component-set>`;
    const todo = calendar('BEGIN:VTODO\r\nUID:t\r\nDTSTAMP:20260101T000000Z\r\nEND:VTODO\r\n');
    expect((await make('taches/', set('VTODO', 'VJOURNAL'))).status).toBe(201);
    expect((await make('notes/', set('VJOURNAL'))).text).toContain(
      '<CAL:supported-calendar-component/>',
    );

    const found = await propfind('taches/', '0', '<C:supported-calendar-component-set/>');
    expect(valueIn(found.text, 'CAL:supported-calendar-component-set')).toBe(
      '<CAL:comp name="VTODO"/>',
    );
    expect((await put('taches/t.ics', todo)).status).toBe(201);
    const refused = await put('taches/e.ics', simple('e'));
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('<CAL:supported-calendar-component/>'),
    ]);
  });

  it.each([
    ['one that is there', 'agenda/', '', 403, 'resource-must-be-null'],
    ['one in another', 'agenda/b/', '', 403, 'calendar-collection-location-ok'],
    ['one in none', 'rien/b/', '', 409, ''],
    ['the home', '', '', 405, ''],
    ['an unknown property', 'autre/', '<D:getetag>1</D:getetag>', 403, 'CAL:mkcalendar-response'],
    ['a name that is no segment', 'a%2Fb/', '', 403, ''],
    [
      'a book',
      'livre/',
      '<D:resourcetype><D:collection/></D:resourcetype>',
      403,
      'valid-resourcetype',
    ],
  ])('is not made of %s', async (_what, target, props, status, part) => {
    const answer = await make(target, props);

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(part);
  });

  it('is made by an extended MKCOL as well', async () => {
    const body = `<D:mkcol ${SPACES}><D:set><D:prop><D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Par MKCOL</D:displayname></D:prop></D:set></D:mkcol>`;

    expect((await ask('MKCOL', 'mkcol/', { body })).status).toBe(201);
    expect((await ask('MKCOL', 'mkcol/', { body })).status).toBe(405);
    expect(valueIn((await propfind('mkcol/', '0', KEPT)).text, 'D:displayname')).toBe('Par MKCOL');
  });

  it('is not walked whole', async () => {
    const answer = await propfind('', 'infinity', '<D:getetag/>');

    expect([answer.status, answer.text]).toEqual([
      403,
      expect.stringContaining('<D:propfind-finite-depth/>'),
    ]);
  });
});

describe('an event', () => {
  it('comes back byte for byte, whatever it holds', async () => {
    const odd =
      'X-MINE;X-P="a;b":é🐦 <b>&amp;</b>\\n\\,\r\nDESCRIPTION:a very long line that a program has folded by its own rules, an\r\n d went on here\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:aGk=\r\n';
    const text = simple('octets', odd).replace('UID', 'uid');
    const made = await put('agenda/octets.ics', text);
    const read = await ask('GET', 'agenda/octets.ics');
    const listed = await report(
      'agenda/',
      'C:calendar-multiget',
      '<D:prop><D:getetag/><C:calendar-data/></D:prop><D:href>/dav/calendar/agenda/octets.ics</D:href>',
    );

    expect([made.status, made.headers.get('etag')]).toEqual([
      201,
      expect.stringMatching(/^"[^"]+"$/),
    ]);
    expect(read.text).toBe(text);
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    expect(read.headers.get('content-type')).toBe('text/calendar; charset=utf-8; component=VEVENT');
    expect(valueIn(listed.text, 'CAL:calendar-data')).toBe(text);
    expect(valueIn(listed.text, 'D:getetag')).toBe(made.headers.get('etag'));
    const head = await ask('HEAD', 'agenda/octets.ics');
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  });

  it('is written only where nothing else was written since', async () => {
    const first = await put('agenda/un.ics', simple('un'), { 'If-None-Match': '*' });
    const etag = first.headers.get('etag') ?? '';
    const again = await put('agenda/un.ics', simple('un'), { 'If-None-Match': '*' });
    const second = await put('agenda/un.ics', simple('un', 'X-N:2\r\n'), { 'If-Match': etag });
    const late = await put('agenda/un.ics', simple('un', 'X-N:3\r\n'), { 'If-Match': etag });
    const weak = await put('agenda/un.ics', simple('un'), { 'If-Match': `W/${etag}` });

    expect([first, again, second, late, weak].map(({ status }) => status)).toEqual([
      201, 412, 204, 412, 412,
    ]);
    expect((await ask('GET', 'agenda/un.ics')).text).toContain('X-N:2');
    expect((await put('agenda/deux.ics', simple('deux'), { 'If-Match': '*' })).status).toBe(412);
    const gone = (match: string) =>
      ask('DELETE', 'agenda/un.ics', { headers: { 'If-Match': match } });
    expect((await gone(etag)).status).toBe(412);
    expect((await gone(`"x", ${second.headers.get('etag')}`)).status).toBe(204);
    expect((await ask('GET', 'agenda/un.ics')).status).toBe(404);
    expect((await ask('DELETE', 'agenda/un.ics')).status).toBe(404);
  });

  it('has a uid of its own in its calendar, and keeps it', async () => {
    await put('agenda/a.ics', simple('meme'));
    const other = await put('agenda/b.ics', simple('meme'));
    const changed = await put('agenda/a.ics', simple('autre'));

    for (const refused of [other, changed]) {
      expect([refused.status, refused.text]).toEqual([
        403,
        expect.stringContaining(
          '<CAL:no-uid-conflict><D:href>/dav/calendar/agenda/a.ics</D:href></CAL:no-uid-conflict>',
        ),
      ]);
    }
  });

  const alarm = 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n';
  const dated = (index: number): string => {
    const day = new Date(Date.UTC(1990, 0, 1 + index)).toISOString().slice(0, 10);
    return `${day.replaceAll('-', '')}T090000`;
  };
  it.each([
    ['nothing', '', 403, 'valid-calendar-data'],
    ['a card', 'BEGIN:VCARD\r\nEND:VCARD\r\n', 403, 'valid-calendar-data'],
    ['half a calendar', simple('x').slice(0, 90), 403, 'valid-calendar-data'],
    ['a calendar without anything', calendar(''), 403, 'valid-calendar-object-resource'],
    [
      'two events',
      event(
        'd1',
        AT_NINE,
        event('d2', AT_NINE).split('FR\r\n')[1]?.replace('END:VCALENDAR\r\n', ''),
      ),
      403,
      'valid-calendar-object-resource',
    ],
    [
      'an invitation',
      simple('m').replace('PRODID', 'METHOD:REQUEST\r\nPRODID'),
      403,
      'valid-calendar-object-resource',
    ],
    ['without uid', simple('x').replace('UID:x\r\n', ''), 403, 'valid-calendar-object-resource'],
    ['without start', event('x', 'SUMMARY:x\r\n'), 403, 'valid-calendar-data'],
    ['every second', simple('x', 'RRULE:FREQ=SECONDLY\r\n'), 403, 'valid-calendar-data'],
    [
      'on no day of a calendar',
      simple('x').replace('20260302T09', '20260231T09'),
      403,
      'valid-calendar-data',
    ],
    [
      'a note',
      calendar('BEGIN:VJOURNAL\r\nUID:j\r\nDTSTAMP:20260101T000000Z\r\nEND:VJOURNAL\r\n'),
      403,
      'supported-calendar-component',
    ],
    ['too much', simple('gros', `X-N:${'x'.repeat(1_100_000)}\r\n`), 403, 'max-resource-size'],
    ['folded wrongly', simple('x').replace('SUMMARY:', 'SUMM\r\nARY'), 403, 'valid-calendar-data'],
  ])('is refused when it is %s', async (_what, text, status, condition) => {
    const answer = await put('agenda/refus.ics', text);

    expect([answer.status, answer.text]).toEqual([
      status,
      expect.stringContaining(`<CAL:${condition}/>`),
    ]);
    expect((await ask('GET', 'agenda/refus.ics')).status).toBe(404);
  });

  it.each([
    [
      'on the thirtieth of February',
      simple('fevrier', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n'),
    ],
    ['until the end of time', simple('fin', 'RRULE:FREQ=DAILY;UNTIL=99991231T235959Z\r\n')],
    [
      'with fifty thousand exceptions',
      simple(
        'sauf',
        `RRULE:FREQ=DAILY\r\nEXDATE:${Array.from({ length: 50_000 }, (_, index) => dated(index)).join(',')}\r\n`,
      ),
    ],
    [
      'with ten thousand people',
      simple(
        'foule',
        Array.from(
          { length: 10_000 },
          (_, index) => `ATTENDEE;CN=A${index};RSVP=TRUE:mailto:a${index}@mer.example\r\n`,
        ).join(''),
      ),
    ],
    [
      'in two zones of one name',
      simple('zones').replace(
        'BEGIN:VEVENT',
        'BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nEND:VTIMEZONE\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT',
      ),
    ],
    ['in a zone that nobody knows', simple('inconnue').replaceAll('Europe/Paris', 'Ailleurs')],
    ['of HTML', simple('html', 'LOCATION:<script>alert(1)</script>\r\nCOMMENT:<img src=x>\r\n')],
    ['with a reminder', event('rappel', `${AT_NINE}${alarm}`)],
  ])('may be odd: %s', async (what, text) => {
    const answer = await put('agenda/bizarre.ics', text);
    const listed = await report(
      'agenda/',
      'C:calendar-query',
      '<D:prop><C:calendar-data><C:expand start="20260301T000000Z" end="20260401T000000Z"/></C:calendar-data></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20260301T000000Z" end="20260401T000000Z"/></C:comp-filter></C:comp-filter></C:filter>',
    );

    expect([what, answer.status, answer.text]).toEqual([what, 201, '']);
    expect(listed.status).toBe(207);
    expect((await ask('DELETE', 'agenda/bizarre.ics')).status).toBe(204);
  });

  it('is UTF-8, of type text/calendar, and where there is a calendar', async () => {
    const text = simple('utf16');
    const utf16 = new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect((await put('agenda/utf16.ics', utf16)).status).toBe(400);
    const card = await put('agenda/x.ics', text, { 'Content-Type': 'text/vcard' });
    expect([card.status, card.text]).toEqual([
      415,
      expect.stringContaining('<CAL:supported-calendar-data/>'),
    ]);
    expect((await put('rien/x.ics', text)).status).toBe(409);
    expect((await put('agenda/a/b.ics', text)).status).toBe(409);
    expect((await put('agenda/', text)).status).toBe(405);
  });

  it('of somebody else is not there', async () => {
    await put('agenda/prive.ics', simple('prive'));

    expect((await ask('GET', 'agenda/prive.ics', { as: 1 })).status).toBe(404);
    expect((await ask('DELETE', 'agenda/prive.ics', { as: 1 })).status).toBe(404);
    expect((await propfind('agenda/', '1', '<D:getetag/>', 1)).text).not.toContain('prive');
    expect((await put('agenda/prive.ics', simple('autre'), {}, 1)).status).toBe(201);
    expect((await ask('GET', 'agenda/prive.ics')).text).toContain('UID:prive');
  });
});

describe('reports', () => {
  beforeAll(async () => {
    await make('rapports/');
    const weekly = event(
      'serie',
      `${AT_NINE}RRULE:FREQ=WEEKLY;COUNT=10\r\nEXDATE;TZID=Europe/Paris:20260316T090000\r\nSUMMARY:Point\r\nCATEGORIES:Équipe,Suivi\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@mer.example\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n`,
      'BEGIN:VEVENT\r\nUID:serie\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID;TZID=Europe/Paris:20260309T090000\r\nDTSTART;TZID=Europe/Paris:20260310T140000\r\nDTEND;TZID=Europe/Paris:20260310T150000\r\nSUMMARY:Point déplacé\r\nEND:VEVENT\r\n',
    );
    await put('rapports/serie.ics', weekly);
    await put(
      'rapports/jour.ics',
      event('jour', 'DTSTART;VALUE=DATE:20260305\r\nSUMMARY:Congé\r\nTRANSP:TRANSPARENT\r\n'),
    );
    await put(
      'rapports/libre.ics',
      event(
        'libre',
        'DTSTART:20260306T233000\r\nDURATION:PT30M\r\nSUMMARY:Sans fuseau\r\nSTATUS:TENTATIVE\r\n',
      ),
    );
    await put(
      'rapports/tache.ics',
      calendar(
        'BEGIN:VTODO\r\nUID:tache\r\nDTSTAMP:20260101T000000Z\r\nDUE:20260304T100000Z\r\nSUMMARY:Rendre le rapport\r\nEND:VTODO\r\n',
      ),
    );
  });

  const query = (filter: string, data = '<C:calendar-data/>', more = '') =>
    report(
      'rapports/',
      'C:calendar-query',
      `<D:prop><D:getetag/>${data}</D:prop><C:filter><C:comp-filter name="VCALENDAR">${filter}</C:comp-filter></C:filter>${more}`,
    );
  const kind = (name: string, content = ''): string =>
    `<C:comp-filter name="${name}">${content}</C:comp-filter>`;
  const between = (start: string, end: string): string =>
    `<C:time-range start="${start}" end="${end}"/>`;
  const found = async (filter: string): Promise<string[]> => namesIn((await query(filter)).text);

  it.each([
    [
      'the week of the series',
      kind('VEVENT', between('20260302T080000Z', '20260302T081500Z')),
      ['serie.ics'],
    ],
    ['just before it', kind('VEVENT', between('20260302T070000Z', '20260302T080000Z')), []],
    ['an occurrence left out', kind('VEVENT', between('20260316T000000Z', '20260317T000000Z')), []],
    [
      'where one was moved from',
      kind('VEVENT', between('20260309T000000Z', '20260310T000000Z')),
      [],
    ],
    [
      'where it was moved to',
      kind('VEVENT', between('20260310T130000Z', '20260310T140000Z')),
      ['serie.ics'],
    ],
    [
      'the summer hour',
      kind('VEVENT', between('20260330T070000Z', '20260330T075900Z')),
      ['serie.ics'],
    ],
    [
      'a whole day, of our zone',
      kind('VEVENT', between('20260304T230000Z', '20260304T233000Z')),
      ['jour.ics'],
    ],
    ['the evening before it', kind('VEVENT', between('20260304T220000Z', '20260304T230000Z')), []],
    [
      'a time without zone',
      kind('VEVENT', between('20260306T223000Z', '20260306T224000Z')),
      ['libre.ics'],
    ],
    ['after the last one', kind('VEVENT', '<C:time-range start="20260601T000000Z"/>'), []],
    ['before anything', kind('VEVENT', '<C:time-range end="20260301T000000Z"/>'), []],
    [
      'a task that is due',
      kind('VTODO', between('20260304T000000Z', '20260305T000000Z')),
      ['tache.ics'],
    ],
    ['a task that is not', kind('VTODO', between('20260305T000000Z', '20260306T000000Z')), []],
    ['every task', kind('VTODO'), ['tache.ics']],
    [
      'what is no task',
      '<C:comp-filter name="VTODO"><C:is-not-defined/></C:comp-filter>',
      ['jour.ics', 'libre.ics', 'serie.ics'],
    ],
    [
      'what goes off',
      kind('VEVENT', kind('VALARM', between('20260323T074000Z', '20260323T074600Z'))),
      ['serie.ics'],
    ],
    [
      'what does not',
      kind('VEVENT', kind('VALARM', between('20260323T074600Z', '20260323T080500Z'))),
      [],
    ],
    [
      'a title',
      kind(
        'VEVENT',
        '<C:prop-filter name="SUMMARY"><C:text-match>POINT D</C:text-match></C:prop-filter>',
      ),
      ['serie.ics'],
    ],
    [
      'a title to the letter',
      kind(
        'VEVENT',
        '<C:prop-filter name="SUMMARY"><C:text-match collation="i;octet">POINT</C:text-match></C:prop-filter>',
      ),
      [],
    ],
    [
      'another title',
      kind(
        'VEVENT',
        '<C:prop-filter name="SUMMARY"><C:text-match negate-condition="yes">point</C:text-match></C:prop-filter>',
      ),
      ['jour.ics', 'libre.ics'],
    ],
    [
      'a category',
      kind(
        'VEVENT',
        '<C:prop-filter name="CATEGORIES"><C:text-match>suivi</C:text-match></C:prop-filter>',
      ),
      ['serie.ics'],
    ],
    [
      'what has none',
      kind('VEVENT', '<C:prop-filter name="CATEGORIES"><C:is-not-defined/></C:prop-filter>'),
      ['jour.ics', 'libre.ics', 'serie.ics'],
    ],
    [
      'who accepted',
      kind(
        'VEVENT',
        '<C:prop-filter name="ATTENDEE"><C:text-match>ada@</C:text-match><C:param-filter name="PARTSTAT"><C:text-match>accepted</C:text-match></C:param-filter></C:prop-filter>',
      ),
      ['serie.ics'],
    ],
    [
      'a rule',
      kind(
        'VEVENT',
        '<C:prop-filter name="RRULE"><C:text-match>FREQ=WEEKLY</C:text-match></C:prop-filter>',
      ),
      ['serie.ics'],
    ],
    [
      'when it was written',
      kind(
        'VEVENT',
        `<C:prop-filter name="DTSTART">${between('20260306T000000Z', '20260307T000000Z')}</C:prop-filter>`,
      ),
      ['libre.ics'],
    ],
    ['everything', '', ['jour.ics', 'libre.ics', 'serie.ics', 'tache.ics']],
  ])('find %s', async (_what, filter, names) => {
    expect(await found(filter)).toEqual(names);
  });

  it('read times without zone where a program says', async () => {
    const filter = kind('VEVENT', between('20260306T143000Z', '20260306T144000Z'));
    const tokyo = '<C:timezone-id>Asia/Tokyo</C:timezone-id>';

    expect(namesIn((await query(filter, '', tokyo)).text)).toEqual(['libre.ics']);
    const none = await query(filter, '', '<C:timezone>Tokyo</C:timezone>');
    expect([none.status, none.text]).toEqual([
      403,
      expect.stringContaining('<CAL:valid-calendar-data/>'),
    ]);
  });

  it('give each occurrence of a window as an event of its own', async () => {
    const window = 'start="20260302T000000Z" end="20260324T000000Z"';
    const answer = await query(
      kind('VEVENT', `<C:time-range ${window}/>`),
      `<C:calendar-data><C:expand ${window}/></C:calendar-data>`,
    );
    const text = answer.text.split('serie.ics')[1] ?? '';

    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(3);
    for (const line of [
      'DTSTART:20260302T080000Z',
      'RECURRENCE-ID:20260302T080000Z',
      'RECURRENCE-ID:20260309T080000Z',
      'DTSTART:20260310T130000Z',
      'DTSTART:20260323T080000Z',
      'DTEND:20260323T090000Z',
    ]) {
      expect(text).toContain(`${line}&#13;`);
    }
    expect(text).not.toMatch(/RRULE|EXDATE|TZID/);
    expect(answer.text).toContain('DTSTART;VALUE=DATE:20260305');
  });

  it('give no event of thousands of times that is too large for an answer', async () => {
    const crowd = Array.from(
      { length: 3_000 },
      (_, at) => `ATTENDEE:mailto:a${at}@mer.example\r\n`,
    );
    await put('rapports/foule.ics', simple('foule', `RRULE:FREQ=DAILY\r\n${crowd.join('')}`));
    const year = (end: string) =>
      query(
        kind(
          'VEVENT',
          '<C:prop-filter name="UID"><C:text-match>foule</C:text-match></C:prop-filter>',
        ),
        `<C:calendar-data><C:expand start="20260302T000000Z" end="${end}"/></C:calendar-data>`,
      );

    const [week, years] = [await year('20260309T000000Z'), await year('20360309T000000Z')];
    await ask('DELETE', 'rapports/foule.ics');

    expect(week.text.match(/BEGIN:VEVENT/g)).toHaveLength(7);
    expect([years.status, years.text]).toEqual([
      507,
      expect.stringContaining('<D:number-of-matches-within-limits/>'),
    ]);
  });

  it('leave out what replaces occurrences of other times, and properties nobody asked for', async () => {
    const set = (window: string) =>
      query(
        kind('VEVENT'),
        `<C:calendar-data><C:limit-recurrence-set ${window}/></C:calendar-data>`,
      );
    const near = await set('start="20260309T000000Z" end="20260310T000000Z"');
    const far = await set('start="20260401T000000Z" end="20260402T000000Z"');
    expect(near.text).toContain('Point déplacé');
    expect(far.text).toContain('SUMMARY:Point&#13;');
    expect(far.text).not.toContain('Point déplacé');

    const partly = await query(
      kind('VEVENT'),
      '<C:calendar-data><C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT"><C:prop name="UID"/></C:comp></C:comp></C:calendar-data>',
    );
    expect(partly.text).toContain('UID:serie&#13;');
    expect(partly.text).not.toMatch(/SUMMARY|PRODID|VALARM/);
  });

  it.each([
    ['<C:comp-filter name="VEVENT"><C:time-range/></C:comp-filter>', 'valid-filter'],
    [kind('VEVENT', between('20260401T000000Z', '20260301T000000Z')), 'valid-filter'],
    [kind('VEVENT', between('2026-04-01', '20260501T000000Z')), 'valid-filter'],
    ['<C:comp-filter><C:is-not-defined/></C:comp-filter>', 'valid-filter'],
    [kind('VEVENT', '<C:other/>'), 'supported-filter'],
    [kind('VTIMEZONE', between('20260301T000000Z', '20260401T000000Z')), 'supported-filter'],
    [
      kind(
        'VEVENT',
        '<C:prop-filter name="SUMMARY"><C:text-match collation="constructor">x</C:text-match></C:prop-filter>',
      ),
      'supported-collation',
    ],
    [Array.from({ length: 150 }, () => kind('VEVENT')).join(''), 'supported-filter'],
  ])('refuse what they cannot look for: %#', async (filter, condition) => {
    const answer = await query(filter);

    expect([answer.status, answer.text]).toEqual([
      403,
      expect.stringContaining(`<CAL:${condition}/>`),
    ]);
  });

  it('tell that more was found than a program wants', async () => {
    const more = '<C:limit><C:nresults>1</C:nresults></C:limit>';
    const answer = await query('', '', more);

    expect(hrefsIn(answer.text)).toHaveLength(2);
    expect(answer.text).toContain('<D:number-of-matches-within-limits/>');
  });

  it('give many objects by their addresses, and say which are not there', async () => {
    const hrefs = [
      '/dav/calendar/rapports/jour.ics',
      '/dav/calendar/rapports/rien.ics',
      '/dav/calendar/agenda/octets.ics',
    ];
    const answer = await report(
      'rapports/',
      'C:calendar-multiget',
      `<D:prop><D:getetag/></D:prop>${hrefs.map((href) => `<D:href>${href}</D:href>`).join('')}`,
    );

    expect(hrefsIn(answer.text)).toEqual([...hrefs].sort());
    expect(answer.text.match(/HTTP\/1\.1 404/g)).toHaveLength(2);
  });

  it('say when a calendar is taken, and not what by', async () => {
    const answer = await report(
      'rapports/',
      'C:free-busy-query',
      between('20260302T000000Z', '20260311T000000Z'),
    );

    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(answer.text.split('\r\n').filter((line) => line.startsWith('FREEBUSY'))).toEqual([
      'FREEBUSY;FBTYPE=BUSY:20260302T080000Z/20260302T090000Z',
      'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260306T223000Z/20260306T230000Z',
      'FREEBUSY;FBTYPE=BUSY:20260310T130000Z/20260310T140000Z',
    ]);
    expect(answer.text).not.toMatch(/Point|Congé/);
    const open = await report(
      'rapports/',
      'C:free-busy-query',
      '<C:time-range start="20260302T000000Z"/>',
    );
    expect(open.status).toBe(403);
  });

  it('are those that are announced', async () => {
    expect((await report('rapports/', 'D:expand-property', '')).text).toContain('supported-report');
    expect((await report('', 'C:calendar-query', '')).status).toBe(403);
    expect((await report('rien/', 'C:calendar-query', '')).status).toBe(404);
    expect((await ask('REPORT', 'rapports/')).status).toBe(403);
    const json = await query('', '<C:calendar-data content-type="application/json"/>');
    expect([json.status, json.text]).toEqual([
      403,
      expect.stringContaining('<CAL:supported-calendar-data/>'),
    ]);
  });
});

describe('synchronisation', () => {
  beforeAll(async () => {
    await make('sync/');
  });
  const of = (token: string, more = '<D:prop><D:getetag/></D:prop>', target = 'sync/') =>
    report(
      target,
      'D:sync-collection',
      `<D:sync-token>${token}</D:sync-token><D:sync-level>1</D:sync-level>${more}`,
    );
  const tokenIn = (text: string): string =>
    /<D:sync-token>([^<]+)<\/D:sync-token><\/D:multistatus>/.exec(text)?.[1] ?? '';

  it('tells what is new, what changed and what went away since', async () => {
    const before = tokenIn((await of('')).text);
    await put('sync/a.ics', simple('a'));
    await put('sync/b.ics', simple('b'));
    const first = await of(before);
    await put('sync/a.ics', simple('a', 'X-N:2\r\n'));
    await ask('DELETE', 'sync/b.ics');
    const second = await of(tokenIn(first.text), '<D:prop><D:getetag/><C:calendar-data/></D:prop>');
    const third = await of(tokenIn(second.text));

    expect(namesIn(first.text)).toEqual(['a.ics', 'b.ics']);
    expect(namesIn(second.text)).toEqual(['a.ics', 'b.ics']);
    expect(valueIn(second.text, 'CAL:calendar-data')).toContain('X-N:2');
    expect(second.text).toContain('b.ics</D:href><D:status>HTTP/1.1 404');
    expect(namesIn(third.text)).toEqual([]);
    expect((await propfind('sync/', '0', '<D:sync-token/>')).text).toContain(tokenIn(third.text));
  });

  it.each(['x', 'urn:estafette:calendar:sync:1', 'urn:estafette:contacts:sync:1'])(
    'begins again after a token that is none: %s',
    async (token) => {
      const answer = await of(token);

      expect([answer.status, answer.text]).toEqual([
        403,
        expect.stringContaining('<D:valid-sync-token/>'),
      ]);
    },
  );

  it('begins again in a calendar that was made anew under the same id', async () => {
    await make('anew/');
    await put('anew/a.ics', simple('a'));
    const token = tokenIn((await of('', undefined, 'anew/')).text);
    await ask('DELETE', 'anew/');
    await make('anew/');
    for (const uid of ['b', 'c', 'd']) await put(`anew/${uid}.ics`, simple(uid));

    expect((await of(token, undefined, 'anew/')).text).toContain('<D:valid-sync-token/>');
  });
});

describe('tsdav', () => {
  it('finds the calendars, and makes one, writes, changes and deletes an event', async () => {
    const [, encoded = ''] = people[0]?.split(' ') ?? [];
    const [username = '', password = ''] = Buffer.from(encoded, 'base64').toString().split(':');
    const client = await createDAVClient({
      serverUrl: web.base,
      credentials: { username, password },
      authMethod: 'Basic',
      defaultAccountType: 'caldav',
    });
    await client.makeCalendar({
      url: `${web.base}/dav/calendar/tsdav/`,
      props: { displayname: 'De tsdav' },
    });
    const calendars = await client.fetchCalendars();
    const own = calendars.find(({ url }) => url.endsWith('/dav/calendar/tsdav/'));
    if (!own) throw new Error('no calendar');
    expect(own).toMatchObject({ displayName: 'De tsdav', components: ['VEVENT', 'VTODO'] });
    const objects = () =>
      client.fetchCalendarObjects({
        calendar: own,
        timeRange: { start: '2026-03-02T00:00:00Z', end: '2026-03-03T00:00:00Z' },
      });

    const iCalString = simple('tsdav');
    await client.createCalendarObject({ calendar: own, filename: 'tsdav.ics', iCalString });
    const [made] = await objects();
    expect(made?.data.trim()).toBe(iCalString.trim());
    const calendarObject = {
      url: made?.url ?? '',
      etag: made?.etag ?? '',
      data: simple('tsdav', 'X-N:2\r\n'),
    };
    expect((await client.updateCalendarObject({ calendarObject })).status).toBe(204);
    // The entity tag is that of what was there before.
    expect((await client.updateCalendarObject({ calendarObject })).status).toBe(412);
    const [changed] = await objects();
    expect(changed?.data).toContain('X-N:2');
    const last = { url: made?.url ?? '', etag: changed?.etag ?? '' };
    expect((await client.deleteCalendarObject({ calendarObject: last })).status).toBe(204);
    expect(await objects()).toEqual([]);
  });
});

describe('a method', () => {
  const HOME = 'OPTIONS, PROPFIND, PROPPATCH, REPORT';
  const CALENDAR = `${HOME}, DELETE`;
  const OBJECT = 'OPTIONS, GET, HEAD, PUT, DELETE, COPY, MOVE, PROPFIND, PROPPATCH';
  const ALL =
    'OPTIONS, PROPFIND, PROPPATCH, REPORT, GET, HEAD, PUT, DELETE, COPY, MOVE, MKCOL, MKCALENDAR';
  const PATCH = `<D:propertyupdate ${SPACES}><D:set><D:prop><D:getetag>1</D:getetag></D:prop></D:set></D:propertyupdate>`;
  beforeAll(async () => {
    await make('places/');
    await put('places/a.ics', simple('a'));
  });

  it.each([
    // The home, a calendar, one that is not there, an event, one that is not there, and below an event.
    ['OPTIONS', undefined, [200, 200, 200, 200, 200, 200]],
    ['GET', undefined, [405, 405, 405, 200, 404, 404]],
    ['HEAD', undefined, [405, 405, 405, 200, 404, 404]],
    ['PROPFIND', undefined, [207, 207, 404, 207, 404, 404]],
    ['PROPPATCH', PATCH, [207, 207, 404, 207, 404, 404]],
    ['REPORT', `<D:sync-collection ${SPACES}/>`, [403, 207, 404, 403, 403, 404]],
    ['MKCOL', undefined, [405, 405, 201, 403, 403, 409]],
    ['MKCALENDAR', undefined, [405, 403, 201, 403, 403, 409]],
    ['PUT', simple('a'), [405, 405, 405, 204, 403, 409]],
    ['DELETE', undefined, [403, 204, 404, 204, 404, 404]],
    // To another name in its calendar, where its UID is taken by itself.
    ['COPY', undefined, [405, 405, 405, 403, 404, 404]],
    ['MOVE', undefined, [405, 405, 405, 201, 404, 404]],
    // Reaches the plugin: its outbox takes it.
    ['POST', undefined, [405, 405, 405, 405, 405, 404]],
    ...['LOCK', 'UNLOCK', 'ACL', 'SEARCH', 'PATCH'].map(
      (method) => [method, undefined, [405, 405, 405, 405, 405, 405]] as const,
    ),
  ] as const)('%s has an answer everywhere', async (method, body, statuses) => {
    const targets = ['', 'places/', 'none/', 'places/a.ics', 'places/none.ics', 'places/a.ics/x'];
    const allowed = [HOME, CALENDAR, CALENDAR, OBJECT, OBJECT, OBJECT];
    const seen: unknown[] = [];
    const wanted: unknown[] = [];
    for (const [at, target] of targets.entries()) {
      const answer = await ask(method, target, {
        headers: {
          Depth: '1',
          ...(method === 'PUT' && { 'Content-Type': 'text/calendar' }),
          Destination: `${web.base}/dav/calendar/places/b.ics`,
        },
        ...(body !== undefined && { body }),
      });
      const status = statuses[at];
      const ours = [...ALL.split(', '), 'POST'].includes(method) ? allowed[at] : ALL;
      seen.push([target, answer.status, status === 405 ? answer.headers.get('allow') : '']);
      wanted.push([target, status, status === 405 ? ours : '']);
      // As it was before, for the next ones.
      if (method.startsWith('MK')) await ask('DELETE', 'none/');
      if (method === 'MOVE') {
        await ask('DELETE', 'places/b.ics');
        await put('places/a.ics', simple('a'));
      }
      if (method === 'DELETE' && answer.status === 204) {
        await make('places/');
        await put('places/a.ics', simple('a'));
      }
    }
    expect(seen).toEqual(wanted);
  });
});

it('gives in parts what is too much for one answer, and says so', async () => {
  await make('gros/');
  const long = `X-N:${'x'.repeat(900_000)}\r\n`;
  const uris = Array.from({ length: 19 }, (_, index) => `p${index}.ics`);
  for (const uri of uris) expect((await put(`gros/${uri}`, simple(uri, long))).status).toBe(201);
  const data = '<D:prop><C:calendar-data/></D:prop>';
  const hrefs = uris.map((uri) => `<D:href>/dav/calendar/gros/${uri}</D:href>`).join('');

  const query = await report(
    'gros/',
    'C:calendar-query',
    `${data}<C:filter><C:comp-filter name="VCALENDAR"/></C:filter>`,
  );
  const get = await report('gros/', 'C:calendar-multiget', `${data}${hrefs}`);
  const changes = await report('gros/', 'D:sync-collection', `<D:sync-token/>${data}`);

  expect(query.text).toContain('<D:href>/dav/calendar/gros/</D:href><D:status>HTTP/1.1 507');
  expect(get.text).toContain('p18.ics</D:href><D:status>HTTP/1.1 507');
  expect(changes.status).toBe(507);
});

it('never fails at what is sent', async () => {
  const bodies = [
    '<x/>',
    `<D:propfind ${SPACES}/>`,
    `<D:propertyupdate ${SPACES}/>`,
    `<C:calendar-query ${SPACES}/>`,
    `<C:calendar-query ${SPACES}><D:prop><C:calendar-data><C:expand start="x"/></C:calendar-data></D:prop><C:filter><C:comp-filter name="__proto__"/></C:filter></C:calendar-query>`,
    `<C:free-busy-query ${SPACES}/>`,
    'x',
    '\u0000',
  ];
  const targets = ['', 'agenda/', 'agenda/a.ics', 'agenda/%F0%9F%90%A6.ics', "a'b/", 'agenda/%25'];
  for (const method of [
    'PROPFIND',
    'PROPPATCH',
    'REPORT',
    'PUT',
    'MKCOL',
    'MKCALENDAR',
    'DELETE',
  ]) {
    for (const target of targets) {
      for (const body of bodies) {
        // The calendar itself is needed until the end.
        if (method === 'DELETE' && target === 'agenda/') continue;
        const answer = await ask(method, target, { headers: { Depth: '1' }, body });
        expect([method, target, body, answer.status < 500]).toEqual([method, target, body, true]);
      }
    }
  }
});

describe('COPY and MOVE', () => {
  const to = (method: string, from: string, destination: string, more = {}) =>
    ask(method, from, {
      headers: { Destination: new URL(`/dav/calendar/${destination}`, web.base).href, ...more },
    });
  const there = async (uri: string): Promise<string> => (await ask('GET', uri)).text;
  let second: string;
  beforeAll(async () => {
    await ask('MKCALENDAR', 'moving/');
    second = 'moving';
  });
  beforeEach(async () => {
    for (const name of ['m1.ics', 'm2.ics', 'm3.ics'])
      for (const where of ['agenda', second]) await ask('DELETE', `${where}/${name}`);
    await put('agenda/m1.ics', simple('m1'));
  });
  const tokenOf = async (calendar: string): Promise<string> => {
    const { text } = await propfind(`${calendar}/`, '0', '<D:sync-token/>');
    return /<[^>]*sync-token>([^<]+)</.exec(text)?.[1] ?? '';
  };
  const changed = (calendar: string, token: string) =>
    report(
      `${calendar}/`,
      'D:sync-collection',
      `<D:sync-token>${token}</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop>`,
    );

  it('moves an event to another calendar, byte for byte, and tells both who synchronises', async () => {
    const [ours, theirs] = [await tokenOf('agenda'), await tokenOf(second)];
    const etag = (await ask('GET', 'agenda/m1.ics')).headers.get('etag');

    const moved = await to('MOVE', 'agenda/m1.ics', `${second}/m2.ics`);

    expect(moved.status).toBe(201);
    expect((await ask('GET', 'agenda/m1.ics')).status).toBe(404);
    expect(await there(`${second}/m2.ics`)).toBe(simple('m1'));
    expect((await ask('GET', `${second}/m2.ics`)).headers.get('etag')).toBe(etag);
    expect((await changed('agenda', ours)).text).toMatch(/m1\.ics[\s\S]*404/);
    expect((await changed(second, theirs)).text).toContain('m2.ics');
  });

  it('gives it another name in its calendar, and copies where the UID is free', async () => {
    expect((await to('MOVE', 'agenda/m1.ics', 'agenda/m2.ics')).status).toBe(201);
    expect((await to('COPY', 'agenda/m2.ics', `${second}/m3.ics`)).status).toBe(201);
    const again = await to('COPY', 'agenda/m2.ics', 'agenda/m3.ics');

    expect(await there(`${second}/m3.ics`)).toBe(simple('m1'));
    expect(again.status).toBe(403);
    expect(again.text).toContain('no-uid-conflict');
    expect((await ask('GET', 'agenda/m1.ics')).status).toBe(404);
  });

  it('writes over what is there, which is in the trash then, unless told not to', async () => {
    await put(`${second}/m2.ics`, simple('m2'));

    const kept = await to('MOVE', 'agenda/m1.ics', `${second}/m2.ics`, { Overwrite: 'F' });
    expect([kept.status, await there(`${second}/m2.ics`)]).toEqual([412, simple('m2')]);
    expect((await to('MOVE', 'agenda/m1.ics', `${second}/m2.ics`)).status).toBe(204);

    expect(await there(`${second}/m2.ics`)).toBe(simple('m1'));
    expect((await web.get('/calendar/trash')).text).toContain('Réunion m2');
  });

  it('leaves both as they were where the UID is taken at the other place', async () => {
    await put(`${second}/m3.ics`, simple('m1'));
    await put(`${second}/m2.ics`, simple('m2'));

    expect((await to('MOVE', 'agenda/m1.ics', `${second}/m2.ics`)).status).toBe(403);

    expect(await there('agenda/m1.ics')).toBe(simple('m1'));
    expect(await there(`${second}/m2.ics`)).toBe(simple('m2'));
  });

  it.each([
    ['from nothing', 'agenda/m2.ics', 'agenda/m3.ics', {}, 404],
    ['to itself', 'agenda/m1.ics', 'agenda/m1.ics', {}, 403],
    ['to no calendar', 'agenda/m1.ics', 'nowhere/m1.ics', {}, 409],
    ['to a calendar itself', 'agenda/m1.ics', 'agenda/', {}, 403],
    ['below an event', 'agenda/m1.ics', 'agenda/a/m1.ics', {}, 409],
    ['of a whole calendar', 'agenda/', 'elsewhere/', {}, 405],
    ['to another plugin', 'agenda/m1.ics', '../contacts/x/m1.vcf', {}, 502],
    ['of another version', 'agenda/m1.ics', 'agenda/m2.ics', { 'If-Match': '"old"' }, 412],
    ['of somebody else', 'agenda/m1.ics', 'agenda/m1.ics', { Authorization: 'other' }, 404],
  ])('is refused %s', async (_what, from, destination, more, status) => {
    const isOther = 'Authorization' in more;
    const headers = isOther ? { Authorization: people[1] ?? '' } : more;

    expect((await to('MOVE', from, destination, headers)).status).toBe(status);
    expect(await there('agenda/m1.ics')).toBe(simple('m1'));
  });

  it.each([
    ['without an address', undefined],
    ['elsewhere', 'https://elsewhere.example/dav/calendar/agenda/m2.ics'],
    ['to a page', '/calendar/agenda/m2.ics'],
    ['to what is no address', 'https://['],
  ])('is a bad request %s', async (_what, destination) => {
    const headers: Record<string, string> = destination ? { Destination: destination } : {};

    expect((await ask('MOVE', 'agenda/m1.ics', { headers })).status).toBe(400);
  });
});
