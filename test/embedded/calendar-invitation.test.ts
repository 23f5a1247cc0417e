import path from 'node:path';
import { delay } from '../../src/base/async';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { type formFields, type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const HOSTS = { saisons: '127.0.0.1', marees: 'localhost' } as const;
const DAY = '2027-04-05';

let demo: DemoApp;

interface Agent {
  readonly web: WebAgent;
  readonly mail: string;
}
let ada: Agent;
let bob: Agent;
/** Of the other ministry: another site of the same installation. */
let eve: Agent;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (id, file) => ({
      ...file,
      hosts: [id === 'saisons' ? HOSTS.saisons : HOSTS.marees],
      plugins: { calendar: true },
    }),
    app: { log: { level: 'silent' } },
  });
  const signedIn = async (agent: (typeof demo.stack.agents)[number] | undefined) => {
    if (!agent) throw new Error('no such agent');
    const host = agent.site === 'saisons' ? HOSTS.saisons : HOSTS.marees;
    const web = new WebAgent(`http://${host}:${demo.port}`);
    await web.signIn(agent.username, agent.password);
    return { web, mail: agent.mail };
  };
  const at = (site: 'saisons' | 'other') =>
    demo.stack.agents.filter((one) => (one.site === 'saisons') === (site === 'saisons'));
  ada = await signedIn(at('saisons')[0]);
  bob = await signedIn(at('saisons')[1]);
  eve = await signedIn(at('other')[0]);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const formTo =
  (action: string, has = '') =>
  (page: Page) => {
    const form = page.all(
      (one) =>
        one.name === 'form' &&
        one.attribs['action'] === action &&
        (has === '' || buttonsOf(page, one).includes(has)),
    )[0];
    if (!form) throw new Error(`no form to ${action} on ${page.url}`);
    return form;
  };

/** What the buttons of a form send, as `name=value`. */
const buttonsOf = (page: Page, form: Parameters<typeof formFields>[1]): readonly string[] =>
  page
    .all((one) => {
      let at: typeof one | null = one;
      while (at && at !== form) at = at.parent as typeof one | null;
      return one.name === 'button' && at === form;
    })
    .map(({ attribs }) => `${attribs['name']}=${attribs['value']}`);

/** Saves an event in the form, as it is after some fields were filled. */
async function save(
  agent: Agent,
  at: string,
  fill: Readonly<Record<string, string>>,
  more: readonly (readonly [string, string])[] = [],
): Promise<Page> {
  const page = await agent.web.get(at);
  return agent.web.submit(page, {
    form: formTo('/calendar/edit'),
    fill,
    add: [['save', 'yes'], ...more],
  });
}

/** Which of some words a page does not say: pages are too long to be shown. */
const lacking = (page: Page, ...words: readonly string[]): readonly string[] =>
  words.filter((one) => !page.text.includes(one));

const eventOf = async (agent: Agent, title: string): Promise<string> => {
  const found = await agent.web.get(`/calendar?q=${encodeURIComponent(title)}`);
  return /\/calendar\/event\?id=[^"]+/.exec(found.text)?.[0].replaceAll('&amp;', '&') ?? '';
};

const uidOf = (href: string): number =>
  Number(/\d+/.exec(href.replace('/mail/me/INBOX/', ''))?.[0]);

/** The messages of the inbox whose subject has some words, the latest first. */
async function messagesOf(agent: Agent, words: string): Promise<readonly string[]> {
  const list = await agent.web.get('/mail/me/INBOX');
  return list
    .all((one) => one.name === 'a' && /^\/mail\/me\/INBOX\/\d+/.test(one.attribs['href'] ?? ''))
    .filter((one) => textOf(one).includes(words))
    .map((one) => one.attribs['href'] ?? '')
    .sort((a, b) => uidOf(b) - uidOf(a));
}

/** The latest message about something, when there are so many of them. */
async function messageOf(agent: Agent, words: string, count = 1): Promise<Page> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = [...new Set(await messagesOf(agent, words))];
    if (found.length >= count) return agent.web.get(found[0] ?? '');
    await delay(100);
  }
  throw new Error(`no message "${words}"`);
}

const answer = (
  agent: Agent,
  page: Page,
  said: string,
  fill: Readonly<Record<string, string>> = {},
) =>
  agent.web.submit(page, {
    form: formTo('/calendar/invitation', `answer=${said}`),
    fill,
    add: [['answer', said]],
  });

const press = (agent: Agent, page: Page, what: string) =>
  agent.web.submit(page, {
    form: formTo('/calendar/invitation', `do=${what}`),
    add: [['do', what]],
  });

const invite = (title: string, to: readonly Agent[], fill: Readonly<Record<string, string>> = {}) =>
  save(ada, `/calendar/edit?start=${DAY}T09:00`, {
    summary: title,
    who: to.map(({ mail }) => mail).join(', '),
    people: 'yes',
    tells: 'yes',
    ...fill,
  });

it('is accepted in the message, and the organiser sees it when the reply is opened', async () => {
  await invite('Comité des sources', [bob], { location: 'Salle Équinoxe' });

  const card = await messageOf(bob, 'Comité des sources');
  expect(lacking(card, 'class="invitation')).toEqual([]);
  expect(lacking(card, 'Salle Équinoxe')).toEqual([]);
  expect(lacking(card, 'Vous êtes libre')).toEqual([]);
  const after = await answer(bob, card, 'accepted', { note: 'Avec plaisir' });
  expect(after.url).toMatch(/^\/mail\/me\/INBOX\/\d+/);
  expect(lacking(after, 'Vous avez accepté')).toEqual([]);
  expect(
    lacking(await bob.web.get(await eventOf(bob, 'Comité des sources')), 'Salle Équinoxe'),
  ).toEqual([]);

  const reply = await messageOf(ada, 'Accepté');
  expect(lacking(reply, 'a accepté')).toEqual([]);
  expect(lacking(reply, 'Avec plaisir')).toEqual([]);
  const event = await ada.web.get(await eventOf(ada, 'Comité des sources'));
  expect(lacking(event, '1 a accepté')).toEqual([]);
  // A second opening changes nothing.
  await ada.web.get(reply.url);
  expect(lacking(await ada.web.get(event.url), '1 a accepté')).toEqual([]);
}, 60_000);

it('says what the organiser changed, asks again for another time, and shows it again when opened again', async () => {
  const title = 'Revue des marées';
  await invite(title, [bob]);
  await answer(bob, await messageOf(bob, title), 'accepted');
  const at = await eventOf(ada, title);

  await save(ada, at.replace('/event?', '/edit?'), { startTime: '15:00', endTime: '16:00' });
  const update = await messageOf(bob, title, 2);

  expect(lacking(update, 'a modifié ce rendez-vous')).toEqual([]);
  expect(lacking(update, '15\u00a0h – 16\u00a0h')).toEqual([]);
  expect(lacking(update, '9\u00a0h – 10\u00a0h')).toEqual([]);
  expect(lacking(update, 'votre réponse est de nouveau attendue')).toEqual([]);
  expect(lacking(await bob.web.get(await eventOf(bob, title)), '15\u00a0h')).toEqual([]);
  const again = await bob.web.get(update.url);
  expect(lacking(again, '9\u00a0h – 10\u00a0h')).toEqual([]);
  const after = await answer(bob, again, 'tentative');
  expect(lacking(after, 'Vous avez répondu')).toEqual([]);
  await messageOf(ada, `Provisoire : ${title}`);
}, 60_000);

it('answers once, whoever sends the form twice, and another answer is another mail', async () => {
  const title = 'Une seule réponse';
  await invite(title, [bob]);
  const card = await messageOf(bob, title);

  const both = await Promise.all([answer(bob, card, 'accepted'), answer(bob, card, 'accepted')]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  const stale = await answer(bob, card, 'declined', { note: 'Finalement non' });
  expect(stale.status).toBe(422);
  expect(lacking(stale, 'Finalement non')).toEqual([]);
  await messageOf(ada, title);
  const declined = await answer(bob, await bob.web.get(card.url), 'declined');

  expect(lacking(declined, 'Vous avez refusé')).toEqual([]);
  expect(await eventOf(bob, title)).toBe('');
  const reply = await messageOf(ada, title, 2);
  expect(lacking(reply, 'a refusé')).toEqual([]);
  await delay(500);
  expect(new Set(await messagesOf(ada, title)).size).toBe(2);
  expect(lacking(await ada.web.get(await eventOf(ada, title)), '1 a refusé')).toEqual([]);
}, 60_000);

it('declines what is in no calendar, once', async () => {
  const title = 'Refusé d’emblée';
  await invite(title, [bob]);
  const card = await messageOf(bob, title);

  await Promise.all([answer(bob, card, 'declined'), answer(bob, card, 'declined')]);
  const again = await bob.web.get(card.url);
  expect(lacking(again, 'Vous avez refusé')).toEqual([]);
  await messageOf(ada, title);
  await delay(500);
  expect(new Set(await messagesOf(ada, title)).size).toBe(1);
}, 60_000);

it('answers one occurrence that was moved, the others stay accepted', async () => {
  const title = 'Point hebdomadaire';
  await invite(title, [bob], { repeat: 'weekly', ends: 'count', count: '4' });
  await answer(bob, await messageOf(bob, title), 'accepted');
  await messageOf(ada, title);
  const id = /id=([^&]+)/.exec(await eventOf(ada, title))?.[1] ?? '';
  const one = '20270412T090000';

  await save(ada, `/calendar/edit?id=${id}&at=${one}`, { startTime: '11:00', endTime: '12:00' }, [
    ['scope', 'this'],
  ]);
  const moved = await messageOf(bob, title, 2);
  expect(lacking(moved, '11\u00a0h')).toEqual([]);
  expect(lacking(moved, '12 avril')).toEqual([]);
  await answer(bob, moved, 'declined');

  const reply = await messageOf(ada, title, 2);
  // Of that day alone: nothing of the series, whose answers are others.
  expect(lacking(reply, 'a refusé', '12 avril')).toEqual([]);
  expect(lacking(reply, 'Chaque semaine', '1 a accepté')).toHaveLength(2);
  const pages = await Promise.all(
    [one, '20270419T090000'].map((at) => ada.web.get(`/calendar/event?id=${id}&at=${at}`)),
  );
  expect(pages.map((page) => lacking(page, '1 a refusé').length)).toEqual([0, 1]);
  expect(pages.map((page) => lacking(page, '1 a accepté').length)).toEqual([1, 0]);
}, 60_000);

it('is off when the organiser says so, and leaves the calendar on a click', async () => {
  const title = 'Annulé bientôt';
  await invite(title, [bob]);
  await answer(bob, await messageOf(bob, title), 'accepted');
  const page = await ada.web.get(await eventOf(ada, title));
  await ada.web.submit(page, { form: formTo('/calendar/delete'), fill: { tells: 'yes' } });

  const off = await messageOf(bob, `Annulé : ${title}`);
  expect(lacking(off, 'Ce rendez-vous est annulé')).toEqual([]);
  const there = await bob.web.get(await eventOf(bob, title));
  expect(there.status).toBe(200);
  expect(lacking(there, 'Annulé')).toEqual([]);
  expect(lacking(there, 'Accepter', 'Occupé')).toHaveLength(2);
  const gone = await press(bob, off, 'remove');
  expect(gone.status).toBe(200);
  expect(await eventOf(bob, title)).toBe('');
}, 60_000);

it('takes another time that is proposed, and asks everybody anew', async () => {
  const title = 'Autre horaire';
  await invite(title, [bob]);
  // As the form has it before anything is typed.
  const same = await answer(bob, await messageOf(bob, title), 'counter');
  expect([same.status, lacking(same, 'C’est l’horaire prévu')]).toEqual([422, []]);
  await answer(bob, await messageOf(bob, title), 'counter', {
    startDate: DAY,
    startTime: '17:00',
    endDate: DAY,
    endTime: '18:00',
    note: 'Je suis en réunion le matin',
  });

  const wish = await messageOf(ada, 'Autre horaire proposé');
  expect(lacking(wish, 'propose un autre horaire')).toEqual([]);
  expect(lacking(wish, 'Je suis en réunion le matin')).toEqual([]);
  expect(lacking(wish, '17\u00a0h – 18\u00a0h')).toEqual([]);
  await press(ada, wish, 'counter');
  expect(lacking(await ada.web.get(await eventOf(ada, title)), '17\u00a0h')).toEqual([]);
  const asked = await messageOf(bob, title, 2);
  expect(lacking(asked, '17\u00a0h')).toEqual([]);
}, 60_000);

it('goes to who comes instead, and the organiser knows', async () => {
  const title = 'Remplacement';
  await invite(title, [bob]);
  const card = await messageOf(bob, title);

  const wrong = await answer(bob, card, 'delegate', { delegate: 'personne' });
  expect(wrong.status).toBe(422);
  expect(lacking(wrong, 'personne')).toEqual([]);
  await answer(bob, card, 'delegate', { delegate: eve.mail });

  const told = await messageOf(ada, `Délégué : ${title}`);
  expect(lacking(told, eve.mail)).toEqual([]);
  const asked = await messageOf(eve, title);
  expect(lacking(asked, 'class="invitation')).toEqual([]);
  await answer(eve, asked, 'accepted');
  await messageOf(ada, `Accepté : ${title}`);
}, 60_000);

it('goes from one ministry to another, and back', async () => {
  const title = 'Entre ministères';
  await invite(title, [eve, bob]);

  const card = await messageOf(eve, title);
  await answer(eve, card, 'accepted');
  const reply = await messageOf(ada, `Accepté : ${title}`);

  expect(lacking(reply, '1 participant sur 2 a accepté')).toEqual([]);
  expect(lacking(await ada.web.get(await eventOf(ada, title)), '1 a accepté')).toEqual([]);
}, 60_000);

it('shows what else is there at that time, and nothing of it leaves', async () => {
  const title = 'En même temps';
  await save(bob, `/calendar/edit?start=2027-04-06T09:00`, { summary: 'Déjà pris' });
  await save(ada, '/calendar/edit?start=2027-04-06T09:30', {
    summary: title,
    who: bob.mail,
    people: 'yes',
    tells: 'yes',
  });

  const card = await messageOf(bob, title);
  expect(lacking(card, 'Vous n’êtes pas libre')).toEqual([]);
  expect(lacking(card, 'Déjà pris')).toEqual([]);
  await answer(bob, card, 'accepted');
  expect((await messageOf(ada, title)).text).not.toContain('Déjà pris');
}, 60_000);

it('takes over what attendees answer while the organiser is there, before the mail is opened', async () => {
  const title = 'Sans ouvrir la réponse';
  const stop = new AbortController();
  const stream = await ada.web.raw('/events?mailbox=INBOX', {
    headers: { Accept: 'text/event-stream' },
    signal: stop.signal,
  });
  try {
    expect(stream.status).toBe(200);
    await invite(title, [bob]);
    await answer(bob, await messageOf(bob, title), 'accepted');
    const event = await eventOf(ada, title);
    let left = 100;
    while (left > 0 && lacking(await ada.web.get(event), '1 a accepté').length > 0) {
      left -= 1;
      await delay(100);
    }
    expect(left).toBeGreaterThan(0);
  } finally {
    stop.abort();
  }
}, 60_000);

it('is answered from the event too, one occurrence of it alone', async () => {
  const title = 'Depuis l’agenda';
  await invite(title, [bob], { repeat: 'weekly', ends: 'count', count: '3' });
  await answer(bob, await messageOf(bob, title), 'accepted');
  await messageOf(ada, title);
  const id = /id=([^&]+)/.exec(await eventOf(bob, title))?.[1] ?? '';
  const from = (at: string) => bob.web.get(`/calendar/event?id=${id}&at=${at}`);
  const say = async (at: string, said: string) =>
    bob.web.submit(await from(at), {
      form: formTo('/calendar/event/answer'),
      add: [['answer', said]],
    });

  expect(lacking(await say('20270412T090000', 'declined'), 'Votre réponse est envoyée')).toEqual(
    [],
  );
  const told = await messageOf(ada, title, 2);
  expect(lacking(told, 'a refusé', '12 avril')).toEqual([]);
  const all = await say('', 'declined');
  expect(all.url).toContain('/calendar?');
  expect(await eventOf(bob, title)).toBe('');
  await messageOf(ada, title, 3);
  // Whose meeting it is has nothing to answer.
  const own = await ada.web.get(await eventOf(ada, title));
  expect(own.text).not.toContain('/calendar/event/answer');
}, 60_000);
