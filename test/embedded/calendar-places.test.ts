import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { formAt } from '../kit/factor-visit';
import type { Page } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({
      ...file,
      plugins: {
        calendar: {
          meeting: { url: 'https://visio.ministere.example/{random}#a', title: 'Visio' },
        },
      },
    }),
  }));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const save = (page: Page, fill: Record<string, string>, button = 'save'): Promise<Page> =>
  web.submit(page, {
    form: (at) => formAt(at, '/calendar/edit'),
    fill,
    add: [[button, 'yes']],
  });
const fieldOf = (page: Page, id: string): string =>
  page.all((one) => one.attribs['id'] === id)[0]?.attribs['value'] ?? 'no field';
const eventOf = async (title: string): Promise<string> =>
  /\/calendar\/event\?id=[^"]+/
    .exec((await web.get(`/calendar?q=${encodeURIComponent(title)}`)).text)?.[0]
    .replaceAll('&amp;', '&') ?? '';

it('makes a link to a meeting by video that nobody guesses, and knows it as the site’s', async () => {
  const typed = { summary: 'Point à distance', location: 'Salle 2' };
  const made = await save(await web.get('/calendar/edit'), typed, 'makeMeeting');
  expect([fieldOf(made, 'e-summary'), fieldOf(made, 'e-location')]).toEqual(Object.values(typed));
  const url = fieldOf(made, 'e-url');
  expect(url).toMatch(/^https:\/\/visio\.ministere\.example\/\w{20}#a$/);
  const again = await save(await web.get('/calendar/edit'), typed, 'makeMeeting');
  expect(fieldOf(again, 'e-url')).not.toBe(url);
  await save(made, {});
  const event = await web.get(await eventOf('Point à distance'));
  expect(event.text).toContain('Rejoindre (Visio)');
});

it('takes an event to another calendar, with what was changed, and no further than it may', async () => {
  const calendars = await web.get('/calendar/calendars');
  await web.submit(calendars, {
    form: (at) => formAt(at, '/calendar/calendars/create'),
    fill: { title: 'Projet' },
  });
  await save(await web.get('/calendar/edit'), { summary: 'À déplacer' });
  const href = await eventOf('À déplacer');
  const form = await web.get(href.replace('/event?', '/edit?'));
  const id = /<option value="([^"]+)">Projet/.exec(form.text)?.[1] ?? 'no calendar';
  const moved = await save(form, { summary: 'Déplacé', calendar: id });
  expect(moved.status).toBe(200);
  const event = await web.get(await eventOf('Déplacé'));
  expect(event.text).toContain('Projet');
  const nowhere = await web.get((await eventOf('Déplacé')).replace('/event?', '/edit?'));
  const kept = await save(nowhere, { summary: 'Resté', calendar: 'de-personne' });
  expect(kept.status).toBe(200);
  expect((await web.get(await eventOf('Resté'))).text).toContain('Projet');
});

it('takes those that follow to another calendar, and one alone nowhere', async () => {
  await save(await web.get('/calendar/edit'), {
    summary: 'Point du matin',
    startDate: '2027-03-01',
    endDate: '2027-03-01',
    repeat: 'daily',
    ends: 'count',
    count: '4',
  });
  const list = await web.get('/calendar?view=list&on=2027-03-01');
  const third = list
    .all((one) => /event\?id=[^&]+&at=20270303T/.test(one.attribs['href'] ?? ''))[0]
    ?.attribs['href']?.replace('/event?', '/edit?');
  const form = await web.get(third ?? '');
  const id = /<option value="([^"]+)">Projet/.exec(form.text)?.[1] ?? 'no calendar';

  const alone = await save(form, { calendar: id, scope: 'this', summary: 'Seul' });
  expect(alone.text).toContain('Une occurrence reste dans l’agenda de sa série');
  expect(fieldOf(alone, 'e-summary')).toBe('Seul');

  await save(form, { calendar: id, scope: 'following', summary: 'Suite du matin' });
  const [first, rest] = [
    await web.get(await eventOf('Point du matin')),
    await web.get(await eventOf('Suite du matin')),
  ];
  const facts = [first, rest].map(
    (page) => /<dl class="cal-facts">([\s\S]*?)<\/dl>/.exec(page.text)?.[1],
  );
  expect(facts.map((text) => text?.includes('Projet'))).toEqual([false, true]);
});
