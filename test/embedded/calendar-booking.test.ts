import path from 'node:path';
import { delay } from '../../src/base/async';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const HOSTS = { saisons: '127.0.0.1', marees: 'localhost' } as const;

let demo: DemoApp;

interface Agent {
  readonly web: WebAgent;
  readonly mail: string;
}
/** Receives. */
let ada: Agent;
/** An agent of the same site. */
let bob: Agent;
/** Somebody of elsewhere: their mailbox is where a visitor's mails arrive. */
let eve: Agent;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    notices: true,
    site: (id, file) => ({
      ...file,
      hosts: [id === 'saisons' ? HOSTS.saisons : HOSTS.marees],
      plugins: { calendar: { booking: id === 'saisons' ? 'public' : 'none' } },
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
  const at = (isSaisons: boolean) =>
    demo.stack.agents.filter((one) => (one.site === 'saisons') === isSaisons);
  ada = await signedIn(at(true)[0]);
  bob = await signedIn(at(true)[1]);
  eve = await signedIn(at(false)[0]);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const visitor = (): WebAgent => new WebAgent(`http://${HOSTS.saisons}:${demo.port}`);
const formTo = (action: string) => (page: Page) => {
  const form = page.all((one) => one.name === 'form' && one.attribs['action'] === action)[0];
  if (!form) throw new Error(`no form to ${action} on ${page.url} (${page.status})`);
  return form;
};
/** Which of some words a page does not say: pages are too long to be shown. */
const lacking = (page: Page, ...words: readonly string[]): readonly string[] =>
  words.filter((one) => !page.text.includes(one));
const saying = (page: Page, ...words: readonly string[]): readonly string[] =>
  words.filter((one) => page.text.includes(one));

/** Opens a page of Ada's, and gives its path. */
async function publish(
  title: string,
  fill: Readonly<Record<string, string>> = {},
): Promise<string> {
  const page = await ada.web.get('/calendar/bookings/page');
  const done = await ada.web.submit(page, {
    form: formTo('/calendar/bookings/page'),
    fill: {
      title,
      notice: '0',
      audience: 'public',
      ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((day) => [`hours${day}`, '9h-12h'])),
      onHolidays: 'yes',
      ...fill,
    },
  });
  expect([done.status, lacking(done, title)]).toEqual([200, []]);
  const links = done
    .all((one) => one.name === 'a' && (one.attribs['href'] ?? '').startsWith('/calendar/book/'))
    .filter((one) => textOf(one).includes(title));
  return links[0]?.attribs['href'] ?? '';
}

/** Where the times of a page lead. */
const timesOf = (page: Page): readonly string[] =>
  page
    .all((one) => one.name === 'a' && (one.attribs['href'] ?? '').includes('slot='))
    .map((one) => one.attribs['href'] ?? '');

/** Asks for a time as somebody without a session. */
async function ask(
  web: WebAgent,
  href: string,
  mail: string,
  fill: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const page = await web.get(href);
  return web.submit(page, {
    form: formTo(href.replace(/\?.*/, '')),
    fill: { name: 'Visiteuse Exemple', mail, comment: 'Merci de prévoir une chaise.', ...fill },
  });
}

const uidOf = (href: string): number => Number(/INBOX\/(\d+)/.exec(href)?.[1]);

/** What the latest message of a mailbox says whose subject has some words, when there are so many. */
async function messageOf(agent: Agent, words: string, count = 1): Promise<Page> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await messagesOf(agent, words);
    if (found.length >= count) return agent.web.get(`${(found[0] ?? '').replace(/\?.*/, '')}/body`);
    await delay(100);
  }
  throw new Error(`no message "${words}"`);
}

async function messagesOf(agent: Agent, words: string): Promise<readonly string[]> {
  const list = await agent.web.get('/mail/me/INBOX');
  const hrefs = list
    .all((one) => one.name === 'a' && /^\/mail\/me\/INBOX\/\d+/.test(one.attribs['href'] ?? ''))
    .filter((one) => textOf(one).includes(words))
    .map((one) => one.attribs['href'] ?? '');
  return [...new Set(hrefs)].sort((a, b) => uidOf(b) - uidOf(a));
}

/** The address in a mail to a guest. */
const linkIn = (message: Page): string =>
  /\/calendar\/appointment\/[\w-]{43}/.exec(message.text)?.[0] ?? 'no address';

const act = (web: WebAgent, page: Page, what: string, slot = ''): Promise<Page> =>
  web.submit(page, {
    form: formTo(page.url.replace(/\?.*/, '')),
    add: [['do', what], ...(slot === '' ? [] : ([['slot', slot]] as const))],
  });

describe('an appointment without an account', () => {
  it('is asked for, confirmed by mail, moved and cancelled; both are told each once', async () => {
    const web = visitor();
    const at = await publish('Permanence des quais');
    const times = timesOf(await web.get(at));
    expect(times.length).toBeGreaterThan(9);
    const sent = await ask(web, times[1] ?? '', eve.mail);
    expect([sent.status, lacking(sent, 'Consultez votre messagerie')]).toEqual([200, []]);

    const asked = await messageOf(eve, 'À confirmer : Permanence des quais');
    // What a stranger typed goes to nobody who did not confirm.
    expect(saying(asked, 'Visiteuse Exemple', 'chaise')).toEqual([]);
    expect(timesOf(await web.get(at))).not.toContain(times[1]);
    const link = linkIn(asked);
    // Programs that look at the links of mails confirm nothing.
    const held = await visitor().get(link);
    expect([held.status, lacking(held, 'À confirmer')]).toEqual([200, []]);
    const booked = await act(web, await web.get(link), 'confirm');
    expect(lacking(booked, 'Votre rendez-vous est confirmé', 'Rendez-vous confirmé')).toEqual([]);
    await act(web, await web.get(link), 'cancel-not');
    const again = await web.post(link, [
      ['_csrf', web.cookie('csrf') ?? ''],
      ['do', 'confirm'],
    ]);
    expect(again.status).toBe(403);

    const told = await messageOf(eve, 'Rendez-vous confirmé : Permanence des quais');
    expect(lacking(told, link)).toEqual([]);
    const agentTold = await messageOf(ada, 'Nouveau rendez-vous : Permanence des quais');
    expect(lacking(agentTold, 'Visiteuse Exemple', eve.mail, 'chaise')).toEqual([]);
    const found = await ada.web.get('/calendar?q=Visiteuse');
    expect(lacking(found, 'Permanence des quais – Visiteuse Exemple')).toEqual([]);
    const list = await ada.web.get('/calendar/bookings');
    expect(lacking(list, 'Visiteuse Exemple', eve.mail)).toEqual([]);

    const file = await visitor().raw(`${link}/calendar`);
    const text = (await file.text()).replace(/\r\n[ \t]/g, '');
    expect([file.status, text.includes('METHOD'), text.includes('BEGIN:VEVENT')]).toEqual([
      200,
      false,
      true,
    ]);

    const choosing = await web.get(`${link}?move=1`);
    const other = timesOf(choosing)[3] ?? '';
    const moved = await web.submit(await web.get(other), {
      form: formTo(link),
      add: [['do', 'move']],
    });
    expect(lacking(moved, 'Votre rendez-vous est déplacé')).toEqual([]);
    await messageOf(eve, 'Rendez-vous déplacé : Permanence des quais');
    await messageOf(ada, 'Rendez-vous déplacé : Permanence des quais');
    expect(timesOf(await visitor().get(at))).toContain(times[1]);

    const off = await act(web, await web.get(link), 'cancel');
    expect(lacking(off, 'Votre rendez-vous est annulé')).toEqual([]);
    await messageOf(eve, 'Rendez-vous annulé : Permanence des quais');
    await messageOf(ada, 'Rendez-vous annulé : Permanence des quais');
    expect(saying(await ada.web.get('/calendar?q=Visiteuse'), 'Permanence des quais –')).toEqual(
      [],
    );
    await delay(500);
    for (const words of ['À confirmer', 'Rendez-vous confirmé', 'Rendez-vous annulé'])
      expect(await messagesOf(eve, `${words} : Permanence des quais`)).toHaveLength(1);
  });

  it('goes to one of twenty who ask for one time, and the others are told and lose nothing', async () => {
    const at = await publish('Guichet très demandé');
    const [slot = ''] = timesOf(await visitor().get(at));
    const webs = Array.from({ length: 20 }, visitor);
    const pages = await Promise.all(webs.map((web) => web.get(slot)));
    const answers = await Promise.all(
      webs.map((web, index) =>
        web.submit(pages[index] as Page, {
          form: formTo(at),
          fill: { name: `Personne ${index}`, mail: `personne${index}@ailleurs.example` },
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    const refused = answers.filter(({ status }) => status === 409);
    for (const page of refused)
      expect(lacking(page, 'Ce créneau vient d’être pris', 'Personne ')).toEqual([]);
    const offered = refused[0]?.all((one) => one.name === 'option') ?? [];
    expect(offered.length).toBeGreaterThan(5);
  });

  it('shows nothing of the calendar, and is of no use to programs that fill every field', async () => {
    const saved = await ada.web.submit(await ada.web.get('/calendar/edit'), {
      form: formTo('/calendar/edit'),
      fill: { summary: 'Entretien confidentiel', location: 'Cabinet' },
      add: [['save', 'yes']],
    });
    expect(saved.status).toBe(200);
    const at = await publish('Accueil du soir');
    const web = visitor();
    const page = await web.get(at);
    expect(saying(page, 'confidentiel', 'Cabinet')).toEqual([]);
    expect(page.headers.get('x-robots-tag')).toContain('noindex');
    const [slot = ''] = timesOf(page);
    const robot = await ask(web, slot, 'robot@ailleurs.example', { website: 'http://x.example' });
    expect(lacking(robot, 'Consultez votre messagerie')).toEqual([]);
    expect(timesOf(await web.get(at))).toContain(slot);
    const forged = await visitor().post(at, [['slot', /slot=([^&]+)/.exec(slot)?.[1] ?? '']]);
    expect(forged.status).toBe(403);
  });

  it('is asked again where something is wrong, and nothing typed is lost', async () => {
    const at = await publish('Rappel', { where: 'phone', reasons: 'Dossier\nSuivi' });
    const web = visitor();
    const [slot = ''] = timesOf(await web.get(at));
    const wrong = await ask(web, slot, 'pas une adresse', { phone: 'abc', name: '<b>Zoé</b>' });
    expect(wrong.status).toBe(422);
    expect(
      lacking(
        wrong,
        'Indiquez une adresse électronique complète.',
        'Indiquez un numéro de téléphone',
        'Choisissez un motif.',
        '&lt;b&gt;Zoé&lt;/b&gt;',
        'pas une adresse',
        'prévoir une chaise',
      ),
    ).toEqual([]);
  });

  it('is not held for whoever never confirms: three times an address', async () => {
    const at = await publish('Trois au plus');
    const web = visitor();
    const times = timesOf(await web.get(at));
    const statuses: number[] = [];
    for (const href of times.slice(0, 4))
      statuses.push((await ask(web, href, 'insistant@ailleurs.example')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe('an appointment of an agent', () => {
  it('needs to be signed in where the page says so, and is booked at once', async () => {
    const at = await publish('Entre collègues', { audience: 'site' });
    const stranger = await visitor().get(at);
    expect([stranger.status, lacking(stranger, 'Se connecter', '/login?next=')]).toEqual([403, []]);
    const [slot = ''] = timesOf(await bob.web.get(at));
    const booked = await bob.web.submit(await bob.web.get(slot), { form: formTo(at) });
    expect([booked.status, lacking(booked, 'Rendez-vous confirmé')]).toEqual([200, []]);
    await messageOf(bob, 'Rendez-vous confirmé : Entre collègues');

    // What the agent does with the event counts for the guest's page.
    const found = await ada.web.get('/calendar?q=coll%C3%A8gues');
    const href = /\/calendar\/event\?id=[^"]+/.exec(found.text)?.[0].replaceAll('&amp;', '&') ?? '';
    const event = await ada.web.get(href);
    await ada.web.submit(event, { form: formTo('/calendar/delete') });
    const link = booked.url.replace(/\?.*/, '');
    expect(lacking(await visitor().get(link), 'Rendez-vous annulé')).toEqual([]);
    await messageOf(bob, 'Entre collègues', 2);
  });

  it('counts what is busy, whole days and other calendars too', async () => {
    const at = await publish('Jours pris');
    const [first = ''] = timesOf(await visitor().get(at));
    const day = /slot=(\d{4}-\d{2}-\d{2})/.exec(first)?.[1] ?? '';
    await ada.web.submit(await ada.web.get('/calendar/edit'), {
      form: formTo('/calendar/edit'),
      fill: { summary: 'Absente', startDate: day, endDate: day, showAs: 'absent' },
      add: [
        ['allDay', 'yes'],
        ['save', 'yes'],
      ],
    });
    const left = timesOf(await visitor().get(at)).filter((href) => href.includes(day));
    expect(left).toEqual([]);
  });
});

describe('pages of booking', () => {
  it('are not there where the site says so, are closed, or are of nobody', async () => {
    const elsewhere = new WebAgent(`http://${HOSTS.marees}:${demo.port}`);
    const at = await publish('Fermée', {});
    expect((await elsewhere.get(at)).status).toBe(404);
    expect((await visitor().get('/calendar/book/personne')).status).toBe(404);
    expect((await visitor().get(`/calendar/appointment/${'a'.repeat(43)}`)).status).toBe(404);
    const off = await eve.web.get('/calendar/bookings');
    expect(lacking(off, 'n’ouvre pas de prise de rendez-vous')).toEqual([]);
    const list = await ada.web.get('/calendar/bookings');
    const edit = list
      .all((one) => one.name === 'a' && (one.attribs['href'] ?? '').includes('/bookings/page?id='))
      .filter((one) => textOf(one).includes('Fermée'))[0]?.attribs['href'];
    const page = await ada.web.get(edit ?? '');
    expect((await bob.web.get(edit ?? '')).status).toBe(404);
    const form = formTo('/calendar/bookings/delete')(page);
    await ada.web.submit(page, { form: () => form });
    expect((await visitor().get(at)).status).toBe(404);
  });

  it('are refused with what is wrong, and keep what was typed', async () => {
    const page = await ada.web.get('/calendar/bookings/page');
    const wrong = await ada.web.submit(page, {
      form: formTo('/calendar/bookings/page'),
      fill: { title: '', hours0: 'le matin', where: 'video', place: 'salle 4', horizon: '999' },
    });
    expect(wrong.status).toBe(422);
    expect(
      lacking(wrong, 'Donnez un titre', 'Écrivez des horaires', 'le matin', 'https://.', '999'),
    ).toEqual([]);
  });
});
