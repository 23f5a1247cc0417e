import { systemClock } from '../../src/base/clock';
import type { DemoApp } from '../../src/demo';
import { startDemoImap } from '../../src/demo/imap';
import { parseQuery, type SearchedMailbox } from '../../src/mail';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';
import { aBench, aMessage, PASSWORD, until } from './mail-kit';

let demo: DemoApp;
let web: WebAgent;

const WORD = 'chrysocale';

const raw = (subject: string, text: string, headers: readonly string[] = []): Buffer =>
  Buffer.from(
    [
      'From: Zoé Lenoir <zoe@dehors.example>',
      `To: <${agentAt(demo, 0).mail}>`,
      `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
      'Date: Mon, 05 Apr 2027 08:00:00 +0000',
      'Content-Type: text/html; charset=utf-8',
      ...headers,
      '',
      text,
      '',
    ].join('\r\n'),
  );

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
  const { username } = agentAt(demo, 0);
  const put = (mailbox: string, message: Buffer) =>
    demo.stack.imap.deliver(username, message, mailbox);
  put('INBOX', raw(`Réunion ${WORD}`, '<p>Bonjour</p>'));
  put('Archive', raw('Ancien', `<p title="${WORD}">Le ${WORD} &amp; le reste</p>`));
  put('Trash', raw(`Jeté ${WORD}`, '<p>Rien</p>'));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const search = (q: string, more = ''): Promise<Page> =>
  web.get(`/search?wait=1&q=${encodeURIComponent(q)}${more}`);
const subjects = (page: Page): readonly string[] =>
  page
    .all((one) => one.name === 'a' && one.attribs['class'] === 'subject')
    .map((one) => textOf(one).trim());

it('looks into all mailboxes but Trash and Junk, the latest first', async () => {
  const page = await search(WORD);
  expect(page.status).toBe(200);
  expect([...subjects(page)].sort()).toEqual(['Ancien', `Réunion ${WORD}`]);
  expect(page.one('data-pending')?.attribs['data-pending']).toBe('0');
  expect(page.text).toContain('2 messages trouvés');
  expect(page.text).toContain('corbeille et les indésirables');
  expect(page.text).toContain('n’en tient pas d’index');
  const all = await search(`${WORD} in:tout`);
  expect(subjects(all)).toHaveLength(3);
  expect(subjects(await search(`${WORD} in:corbeille`))).toEqual([`Jeté ${WORD}`]);
  expect(subjects(await search(`${WORD} -in:archive`))).toEqual([`Réunion ${WORD}`]);
});

it.each([
  [`objet:${WORD} objet:RÉUNION`, 1],
  [`corps:${WORD}`, 1],
  [`objet:"Réunion ${WORD}"`, 1],
  [`${WORD} -objet:ancien`, 1],
  [`objet:ancien OR objet:${WORD} de:zoe@dehors`, 2],
  [`${WORD} is:unread on:2027-04-05`, 2],
  [`${WORD} après:2027-05`, 0],
  [`${WORD} smaller:1`, 0],
  [`${WORD} has:attachment`, 0],
])('finds with %s %i', async (q, count) => {
  expect(subjects(await search(q))).toHaveLength(count);
});

it('points the words out where they stand', async () => {
  const page = await search(WORD);
  expect(page.text).toContain(`<mark>${WORD}</mark>`);
  const link = page
    .all((one) => one.name === 'a' && one.attribs['class'] === 'subject')
    .find((one) => textOf(one).includes('Ancien'))?.attribs['href'];
  const message = await web.get(link ?? '');
  const frame = message.all((one) => one.name === 'iframe')[0]?.attribs['src'] ?? '';
  expect(frame).toContain(`mark=${WORD}`);
  const body = await web.get(frame);
  expect(body.text).toContain(`Le <mark>${WORD}</mark> &amp; le reste`);
  expect(body.text).not.toContain(`title="<mark>`);
});

it('tells which word cannot be used, and keeps what was typed', async () => {
  const page = await search('budget avant:31/02/2026');
  expect(page.status).toBe(422);
  const input = page.all((one) => one.attribs['id'] === 'search-q')[0];
  expect(input?.attribs['value']).toBe('budget avant:31/02/2026');
  expect(page.text).toContain('«\u00a0avant:31/02/2026\u00a0» n’est pas une date');
  expect((await search('label:absente x')).status).toBe(422);
  expect((await search('in:absent x')).status).toBe(422);
  expect((await search('x'.repeat(501))).status).toBe(422);
});

it('is written by a form, and fills it again', async () => {
  const page = await web.get(
    `/search?write=1&words=${WORD}&subject=R%C3%A9union&state=unread&after=2027-01-01&place=INBOX`,
  );
  expect(page.status).toBe(200);
  const value = (id: string) => page.all((one) => one.attribs['id'] === id)[0]?.attribs['value'];
  expect(value('search-q')).toBe(`${WORD} subject:Réunion is:unread after:2027-01-01 in:INBOX`);
  expect([value('f-subject'), value('f-after')]).toEqual(['Réunion', '2027-01-01']);
  expect(subjects(page)).toEqual([`Réunion ${WORD}`]);
});

it('stands by mailbox, narrows to one, and opens on nothing', async () => {
  const page = await search(WORD, '&by=mailbox&box=INBOX');
  expect(page.all((one) => one.attribs['class'] === 'search-group')).toHaveLength(2);
  const links = page.all((one) => one.name === 'a').map((one) => one.attribs['href'] ?? '');
  expect(links.some((href) => href.includes('in%3A%22INBOX%22'))).toBe(true);
  const empty = await web.get('/search');
  expect(empty.status).toBe(200);
  expect(empty.all((one) => one.attribs['id'] === 'search-results')).toEqual([]);
});

it('streams what is found until all mailboxes have answered', async () => {
  const page = await web.get(`/search/events?q=${WORD}`);
  expect(page.text.match(/^data: /gm)?.length).toBeGreaterThan(3);
  expect(page.text).toContain('target="search-results"');
  expect(page.text).toContain('data-pending="0"');
  expect(page.text).toContain('action="remove" target="search-live"');
  expect((await web.get('/search/events')).status).toBe(204);
});

it('finds nothing of other people', async () => {
  const { web: other } = await signInTo(demo, agentAt(demo, 1));
  const page = await other.get(`/search?wait=1&q=${WORD}`);
  expect(subjects(page)).toEqual([]);
  expect(page.text).toContain('Aucun message ne correspond');
});

describe('saved searches', () => {
  const tokenOf = (page: Page): string =>
    /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const post = async (what: string, fields: readonly (readonly [string, string])[]) =>
    web.post(what, [['_csrf', tokenOf(await web.get('/searches'))], ...fields]);
  const names = (page: Page): readonly string[] =>
    page
      .all((one) => one.name === 'a' && one.attribs['class'] === 'saved-name')
      .map((one) => textOf(one).trim());
  const idOf = (page: Page, name: string): string =>
    page
      .all((one) => one.name === 'li' && one.attribs['data-search'] !== undefined)
      .find((one) => textOf(one).includes(name))?.attribs['data-search'] ?? '';

  it('are kept, shown beside the mailboxes, ordered, changed and dropped', async () => {
    const kept = await post('/searches/save', [
      ['name', ' Le  métal '],
      ['q', `${WORD} is:unread`],
      ['counted', '1'],
    ]);
    expect(kept.url).toContain('/search?q=');
    expect(kept.text).toContain('La recherche «\u00a0Le métal\u00a0» est enregistrée.');
    const link = kept
      .all((one) => one.name === 'a' && one.attribs['data-search'] !== undefined)
      .find((one) => textOf(one).includes('Le métal'));
    expect(link?.attribs['aria-current']).toBe('page');
    await post('/searches/save', [
      ['name', 'Autre'],
      ['q', 'from:zoe'],
    ]);
    let page = await web.get('/searches');
    expect(names(page)).toEqual(['Le métal', 'Autre']);
    page = await post('/searches/place', [
      ['id', idOf(page, 'Autre')],
      ['op', 'up'],
    ]);
    expect(names(page)).toEqual(['Autre', 'Le métal']);
    page = await post('/searches/change', [
      ['id', idOf(page, 'Autre')],
      ['name', 'Zoé'],
      ['q', 'from:zoe'],
    ]);
    expect(names(page)).toEqual(['Zoé', 'Le métal']);
    page = await post('/searches/remove', [['id', idOf(page, 'Zoé')]]);
    expect(names(page)).toEqual(['Le métal']);
  });

  it('count what is unread without keeping a page waiting', async () => {
    let counted = '';
    for (let tries = 0; tries < 100 && counted === ''; tries += 1) {
      const page = await web.get('/mail/me/INBOX');
      const link = page
        .all((one) => one.name === 'a' && one.attribs['data-search'] !== undefined)
        .find((one) => textOf(one).includes('Le métal'));
      // The figure stands there twice: to be seen, and to be read out.
      counted = /(\d+)\s*\1 non lu/.exec(link ? textOf(link) : '')?.[1] ?? '';
    }
    // One of the two was opened by the test above.
    expect(counted).toBe('1');
  });

  it.each([
    ['', WORD, 'Donnez un nom'],
    ['x'.repeat(61), WORD, 'trop long'],
    ['LE MÉTAL', WORD, 'porte déjà ce nom'],
    ['Neuve', '', 'Écrivez ce que'],
    ['Neuve', 'avant:jamais', 'n’est pas une date'],
  ])('are refused as %j for %j, and nothing typed is lost', async (name, q, why) => {
    const page = await post('/searches/save', [
      ['name', name],
      ['q', q],
    ]);
    const value = (id: string) => page.all((one) => one.attribs['id'] === id)[0]?.attribs['value'];
    expect([page.status, value('saved-new-name'), value('saved-new-q')]).toEqual([422, name, q]);
    expect(page.text).toContain(why);
  });

  it('are each agent’s own', async () => {
    const id = idOf(await web.get('/searches'), 'Le métal');
    const { web: other } = await signInTo(demo, agentAt(demo, 1));
    const theirs = await other.get('/searches');
    expect(names(theirs)).toEqual([]);
    for (const what of ['change', 'remove', 'place']) {
      const done = await other.post(`/searches/${what}`, [
        ['_csrf', tokenOf(theirs)],
        ['id', id],
        ['name', 'x'],
        ['q', 'x'],
      ]);
      expect(done.status).toBe(404);
    }
    expect(names(await web.get('/searches'))).toEqual(['Le métal']);
  });
});

describe('a search that nobody waits for any more', () => {
  it('ends on the server, and goes to no other mailbox', async () => {
    const paths = ['INBOX', 'Un', 'Deux', 'Trois', 'Quatre', 'Cinq'];
    const messages = [{ raw: aMessage({ subject: 'Budget' }) }];
    const server = await startDemoImap({
      users: [
        {
          username: 'alice',
          password: PASSWORD,
          mailboxes: paths.map((path) => ({ path, messages })),
        },
      ],
    });
    // Whoever left is not expected back: what waits for them two seconds waits no longer.
    const clock = {
      ...systemClock,
      after: (ms: number, run: () => void) => systemClock.after(ms === 2_000 ? 0 : ms, run),
    };
    const bench = aBench({ server, mail: { clock } });
    try {
      server.faults.slowMs(250);
      const stop = new AbortController();
      const found: SearchedMailbox[] = [];
      const { query } = parseQuery('budget', { today: '2026-11-23' });
      const asked = bench.mail.search(
        bench.actor,
        { criteria: query ? { query } : {}, mailboxes: paths, limit: 50 },
        { signal: stop.signal, onMailbox: (one) => found.push(one) },
      );
      const sorts = (): number =>
        server.stats().recent.filter((command) => /SORT|SEARCH/.test(command)).length;
      await until('a search under way', () => sorts() > 0);
      stop.abort();
      await asked;
      // One that was not searching yet is kept for whoever comes next.
      await until('its connection closed', () => {
        const { accepted, connections } = server.stats();
        return accepted - connections >= Math.max(1, sorts());
      });
      server.faults.clear();
      expect(sorts()).toBeLessThanOrEqual(2);
      expect(found.length).toBeLessThan(paths.length);
    } finally {
      await bench.close();
      await server.close();
    }
  });
});
