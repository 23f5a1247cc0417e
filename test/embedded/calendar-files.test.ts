import { delay } from '../../src/base/async';
import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { formAt } from '../kit/factor-visit';
import { type Page, textOf } from '../kit/html';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

let demo: DemoApp;
/** Organises. */
let ada: WebAgent;
/** Is asked. */
let bob: WebAgent;
/** Sees when Ada is busy. */
let carl: WebAgent;
let hers: string;

beforeAll(async () => {
  ({ demo, web: ada } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({
      ...file,
      plugins: { calendar: { maxAttachmentKilobytes: 100 } },
    }),
  }));
  ({ web: bob } = await signInTo(demo, agentAt(demo, 1)));
  ({ web: carl } = await signInTo(demo, agentAt(demo, 2)));
  for (const web of [ada, bob, carl]) await web.get('/calendar');
  await ada.submit(await ada.get('/calendar/share?calendar=agenda'), {
    form: (at) => formAt(at, '/calendar/share'),
    fill: { who: agentAt(demo, 2).mail, rights: 'busy' },
  });
  await ada.submit(await ada.get('/calendar/edit'), {
    form: (at) => formAt(at, '/calendar/edit'),
    fill: {
      summary: 'Comité des dossiers',
      startDate: '2027-04-05',
      endDate: '2027-04-05',
      who: agentAt(demo, 1).mail,
    },
    add: [['save', 'yes']],
  });
  hers = await eventOf(ada);
  await accept(bob);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const eventOf = async (web: WebAgent): Promise<string> =>
  /\/calendar\/event\?id=[^"]+/
    .exec((await web.get('/calendar?q=dossiers')).text)?.[0]
    .replaceAll('&amp;', '&') ?? '';
const hidden = (page: Page, name: string): string =>
  page.all((one) => one.name === 'input' && one.attribs['name'] === name)[0]?.attribs['value'] ??
  '';
const fileLinks = (page: Page): string[] =>
  page
    .all((one) => one.name === 'a' && /^\/calendar\/event\/file/.test(one.attribs['href'] ?? ''))
    .map((one) => one.attribs['href'] ?? '');

/** Attaches files, as the form of an event does. */
async function attach(web: WebAgent, page: Page, files: readonly File[]): Promise<Page> {
  const body = new FormData();
  body.set('_csrf', /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '');
  body.set('id', new URL(page.url, web.base).searchParams.get('id') ?? '');
  body.set('at', new URL(page.url, web.base).searchParams.get('at') ?? '');
  for (const file of files) body.append('file', file);
  const sent = await web.raw('/calendar/event/attach', { method: 'POST', body });
  return sent.status === 303
    ? web.get(sent.headers.get('location') ?? '')
    : { ...page, status: sent.status };
}

/** The message of an invitation, answered with yes: from then on the event is in the calendar. */
async function accept(web: WebAgent): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const list = await web.get('/mail/me/INBOX');
    const found = list
      .all((one) => one.name === 'a' && /^\/mail\/me\/INBOX\/\d+/.test(one.attribs['href'] ?? ''))
      .find((one) => textOf(one).includes('Comité des dossiers'));
    if (found) {
      await web.submit(await web.get(found.attribs['href'] ?? ''), {
        form: (at) => formAt(at, '/calendar/invitation'),
        add: [['answer', 'accepted']],
      });
      return;
    }
    await delay(100);
  }
  throw new Error('no invitation');
}

const PLAN = Uint8Array.from({ length: 5_000 }, (_, at) => at % 256);

it('is in the event, and in the calendar of who is asked', async () => {
  const page = await attach(ada, await ada.get(hers), [
    new File([PLAN], 'Plan « été ».pdf', { type: 'application/pdf' }),
    new File(['<script>alert(1)</script>'], 'page.html', { type: 'text/html' }),
  ]);
  expect(page.text).toContain('Le fichier est joint.');
  expect(fileLinks(page)).toHaveLength(2);

  const theirs = await bob.get(await eventOf(bob));
  expect(theirs.text).toContain('Plan « été ».pdf');
  expect(theirs.text).not.toContain('/calendar/event/attach');
  const [plan = '', html = ''] = fileLinks(theirs);
  const got = await bob.raw(plan);
  expect(Buffer.from(await got.arrayBuffer()).equals(Buffer.from(PLAN))).toBe(true);
  expect(got.headers.get('content-disposition')).toContain('attachment');
  // What somebody else attached is never a page of ours.
  const other = await bob.raw(html);
  expect([
    other.status,
    other.headers.get('content-disposition')?.startsWith('attachment'),
    other.headers.get('x-content-type-options'),
  ]).toEqual([200, true, 'nosniff']);
});

it('is for whoever organises to add, within what the site allows', async () => {
  const theirs = await bob.get(await eventOf(bob));
  expect((await attach(bob, theirs, [new File(['x'], 'x.txt')])).status).toBe(403);

  const large = await attach(ada, await ada.get(hers), [
    new File([new Uint8Array(100_000)], 'grand.bin'),
  ]);
  expect(large.text).toContain('trop grands');
  expect(fileLinks(large)).toHaveLength(2);
  const many = await attach(
    ada,
    await ada.get(hers),
    Array.from({ length: 19 }, (_, at) => new File(['x'], `${at}.txt`)),
  );
  expect(many.text).toContain('il y en a trop');
  expect((await attach(ada, await ada.get(hers), [])).status).toBe(200);
});

it('is nothing to who sees « Occupé », nor to who guesses', async () => {
  const [link = ''] = fileLinks(await ada.get(hers));
  expect((await ada.raw(link)).status).toBe(200);
  expect((await carl.raw(link)).status).toBe(404);
  const id = new URL(link, ada.base).searchParams.get('id') ?? '';
  for (const n of ['', '0', '3', '-1', '1.5', 'constructor', '1e999'])
    expect([n, (await ada.raw(`/calendar/event/file?id=${id}&n=${n}`)).status]).toEqual([n, 404]);
});

it('is removed by who organises, from a page that is not too old', async () => {
  const page = await ada.get(hers);
  const remove = (etag: string): Promise<Page> =>
    ada.post('/calendar/event/detach', [
      ['_csrf', /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? ''],
      ['id', new URL(hers, ada.base).searchParams.get('id') ?? ''],
      ['at', new URL(hers, ada.base).searchParams.get('at') ?? ''],
      ['etag', etag],
      ['index', '0'],
    ]);
  const old = await remove('"old"');
  expect(fileLinks(old)).toHaveLength(2);
  const done = await remove(hidden(page, 'etag'));
  expect(done.text).toContain('Le fichier est retiré.');
  expect(fileLinks(done)).toHaveLength(1);
  const theirs = await bob.get(await eventOf(bob));
  expect([theirs.text.includes('page.html'), theirs.text.includes('Plan')]).toEqual([true, false]);
});

it('stays when the event is changed in its form', async () => {
  const form = await ada.get(hers.replace('/event?', '/edit?'));
  await ada.submit(form, {
    form: (at) => formAt(at, '/calendar/edit'),
    fill: { summary: 'Comité des dossiers, suite' },
    add: [['save', 'yes']],
  });
  expect(fileLinks(await ada.get(await eventOf(ada)))).toHaveLength(1);
});
