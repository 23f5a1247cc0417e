import { delay } from '../../src/base/async';
import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { formAt } from '../kit/factor-visit';
import { foundPlugin } from '../kit/found-plugin';
import { type Page, textOf } from '../kit/html';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

const SHARED = 'Accueil@saisons.example';
/** Lets the service write from its mailbox, as a plugin of shared mailboxes does. */
const mailboxes = foundPlugin('mailboxes', {
  activate({ hooks }) {
    hooks.on('identity:list', (list) => [
      ...list,
      { id: 'shared', name: 'Accueil', mail: SHARED, isDefault: false, signature: '' },
    ]);
  },
});
const ALIAS = 'Comite-des-vents@saisons.example';
let demo: DemoApp;
/** Is asked, at an alias of theirs. */
let bob: WebAgent;
/** Of the same site. */
let ada: WebAgent;

beforeAll(async () => {
  ({ demo, web: ada } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: true, mailboxes: true } }),
    options: { extraPlugins: [mailboxes] },
  }));
  ({ web: bob } = await signInTo(demo, agentAt(demo, 1)));
  await demo.app.db
    .knex('users')
    .where({ login: agentAt(demo, 1).username })
    .update({ aliases: JSON.stringify([ALIAS]) });
  for (const web of [ada, bob]) await web.get('/calendar');
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function messageOf(web: WebAgent, words: string, mailbox = 'INBOX'): Promise<Page> {
  for (let tries = 0; tries < 100; tries += 1) {
    const list = await web.get(`/mail/me/${mailbox}`);
    const found = list
      .all((one) => one.name === 'a' && /^\/mail\/me\/\w+\/\d+/.test(one.attribs['href'] ?? ''))
      .find((one) => textOf(one).includes(words));
    if (found) return web.get(found.attribs['href'] ?? '');
    await delay(100);
  }
  throw new Error(`no message "${words}"`);
}

/** An invitation as a program outside sends it. */
const invitation = (uid: string, title: string, organiser: string, attendee: string): string =>
  [
    `From: <${organiser}>`,
    `To: <${attendee}>`,
    `Subject: ${title}`,
    `Message-ID: <${uid}@dehors.example>`,
    'Date: Mon, 05 Apr 2027 08:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/calendar; method=REQUEST; charset=utf-8',
    '',
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Dehors//FR',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20270101T000000Z',
    'DTSTART:20270412T090000Z',
    'DTEND:20270412T100000Z',
    `SUMMARY:${title}`,
    `ORGANIZER:mailto:${organiser}`,
    `ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:${attendee}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

it.each([
  ['an alias', 'alias-1', ALIAS],
  ['a mailbox that they share', 'shared-1', SHARED],
])('an invitation to %s is answered, from that address', async (what, uid, address) => {
  const title = `Comité venu du dehors pour ${what}`;
  demo.stack.imap.deliver(
    agentAt(demo, 1).username,
    Buffer.from(invitation(uid, title, 'eve@dehors.example', address)),
  );
  const page = await messageOf(bob, title);
  const answered = await bob.submit(page, {
    form: (at) => formAt(at, '/calendar/invitation'),
    add: [['answer', 'accepted']],
  });
  expect(answered.status).toBe(200);

  const event = await bob.get(`/calendar?q=${encodeURIComponent(title)}`);
  const href = /\/calendar\/event\?id=[^"]+/.exec(event.text)?.[0].replaceAll('&amp;', '&') ?? '';
  expect((await bob.get(href)).text).toContain('aria-pressed="true"');
  const sent = await messageOf(bob, title, 'Sent');
  const source = await bob.get(`${sent.url.replace(/\?.*/, '')}/source`);
  expect(/^from: .*/m.exec(source.text.toLowerCase())?.[0]).toContain(address.toLowerCase());
  expect(source.text.toLowerCase()).not.toContain('sent-by');
});

it('a colleague asks at the alias, and both calendars know it', async () => {
  const title = 'Comité des embruns';
  await ada.submit(await ada.get('/calendar/edit'), {
    form: (at) => formAt(at, '/calendar/edit'),
    fill: { summary: title, startDate: '2027-04-13', endDate: '2027-04-13', who: ALIAS },
    add: [['save', 'yes']],
  });
  const eventOf = async (web: WebAgent): Promise<string> =>
    /\/calendar\/event\?id=[^"]+/
      .exec((await web.get(`/calendar?q=${encodeURIComponent(title)}`)).text)?.[0]
      .replaceAll('&amp;', '&') ?? '';
  const uid = /BEGIN:VEVENT[\s\S]*?UID:(\S+)/.exec(
    (await ada.get('/calendar/export?calendar=agenda')).text,
  )?.[1];
  // The mail that was sent to the alias, as a server that knows it delivers it.
  demo.stack.imap.deliver(
    agentAt(demo, 1).username,
    Buffer.from(invitation(uid ?? '', title, agentAt(demo, 0).mail, ALIAS)),
  );
  await bob.submit(await messageOf(bob, title), {
    form: (at) => formAt(at, '/calendar/invitation'),
    add: [['answer', 'accepted']],
  });
  // Whoever organises has the answer at once: it is one of somebody known.
  expect((await ada.get(await eventOf(ada))).text).toContain('Accepté');
});
