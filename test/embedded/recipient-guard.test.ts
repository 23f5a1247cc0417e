import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { composerOf, type Fields } from '../kit/compose-page';
import type { Page } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;
let mine = '';

beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    site: (_id, file) => ({
      ...file,
      plugins: {
        'recipient-guard': { hideAbove: 1 },
        'mass-mail-guard': { per5Minutes: 6 },
      },
    }),
  }));
  mine = demo.stack.agents[1]?.mail ?? '';
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

type Changes = Readonly<Record<string, string>>;

const post = (
  page: Page,
  path: string,
  changes: Changes,
  confirm: readonly string[] = [],
): Promise<Page> => {
  const { action, fields } = composerOf(page);
  const changed: Fields = [
    ...fields.filter(([name]) => !(name in changes) && name !== 'confirm'),
    ...Object.entries(changes),
    ...confirm.map((word): [string, string] => ['confirm', word]),
  ];
  return web.post(`${action}${path}`, changed);
};
const wordsOf = (page: Page): readonly string[] =>
  page
    .all(({ name, attribs }) => name === 'input' && attribs['name'] === 'confirm')
    .map(({ attribs }) => attribs['value'] ?? '');
const left = () => demo.stack.smtp.transactions.length;

it('lets what stays inside go at once', async () => {
  const before = left();

  await post(await web.get('/compose'), '/send', { to: mine, subject: 'Dedans', text: 'Bonjour' });

  expect(left()).toBe(before + 1);
});

it('asks before a message leaves, moves Cc to Bcc, and sends what was confirmed', async () => {
  const before = left();
  const fields = {
    to: `${mine}, a@dehors.example`,
    cc: 'b@dehors.example',
    subject: 'Dehors',
    text: 'Bonjour',
  };

  const asked = await post(await web.get('/compose'), '/send', fields);

  expect(asked.status).toBe(422);
  expect(left()).toBe(before);
  expect(asked.text).toContain('Extérieurs (2)');
  expect(asked.text).toContain('hide-copies');
  const hidden = await post(asked, '/hide-copies', {});
  expect(Object.fromEntries(composerOf(hidden).fields)).toMatchObject({
    cc: '',
    bcc: 'b@dehors.example',
    subject: 'Dehors',
  });
  const again = await post(hidden, '/send', {}, wordsOf(asked));
  // What was confirmed was another message.
  expect(again.status).toBe(422);
  await post(again, '/send', {}, wordsOf(again));
  expect(left()).toBe(before + 1);
  const sent = demo.stack.smtp.transactions.at(-1);
  expect(sent?.to.toSorted((one, other) => one.localeCompare(other))).toEqual(
    [mine, 'a@dehors.example', 'b@dehors.example'].toSorted((one, other) =>
      one.localeCompare(other),
    ),
  );
  expect(sent?.raw.toString()).not.toContain('b@dehors.example');
});

it('refuses beyond the limit, with the time at which it will be possible, and keeps the draft', async () => {
  const before = left();
  const to = `${mine}, ${demo.stack.agents[2]?.mail}, ${demo.stack.agents[3]?.mail}`;

  const page = await post(await web.get('/compose'), '/send', {
    to,
    subject: 'Trop',
    text: 'Gardé',
  });

  expect(page.status).toBe(403);
  expect(page.text).toMatch(/6 destinataires en 5 minutes.*à partir de \d\d:\d\d/);
  expect(page.text).toContain('Gardé');
  expect(left()).toBe(before);
});
