import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const tokenOf = (page: Page): string => /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
type Fields = Readonly<Record<string, string>>;
const post = async (path: string, fields: Fields, who = web): Promise<Page> =>
  who.post(path, [['_csrf', tokenOf(await who.get('/identities'))], ...Object.entries(fields)]);
const me = () => agentAt(demo, 0);
const idsOn = (page: Page): string[] =>
  page
    .all((one) => one.attribs['data-identity'] !== undefined)
    .map((one) => one.attribs['data-identity'] ?? '');
const sentWith = (subject: string) =>
  demo.stack.smtp.transactions.filter(({ raw }) => raw.toString().includes(`Subject: ${subject}`));

/** What the composer offers, by name; the one that is chosen first. */
function offered(page: Page): { value: string; label: string; isSelected: boolean }[] {
  const select = page.one('id', 'compose-identity');
  return (select?.children ?? []).flatMap((one) =>
    'attribs' in one
      ? [
          {
            value: one.attribs['value'] ?? '',
            label: textOf(one),
            isSelected: 'selected' in one.attribs,
          },
        ]
      : [],
  );
}

it('writes as an identity says: name, answers, hidden copies, signature, mailbox of copies', async () => {
  const saved = await post('/identities/save', {
    mail: me().mail,
    label: 'Astreinte',
    name: 'Astreinte DSI',
    replyTo: 'Équipe <equipe@saisons.example>',
    bcc: 'archive@saisons.example',
    sentMailbox: 'Projets',
    format: 'html',
    html: '<p>Astreinte <b>DSI</b><script>alert(1)</script></p>',
    text: 'Astreinte DSI',
    isDefault: '1',
  });
  expect(saved.status).toBe(200);
  expect(saved.text).toContain('Copie cachée à archive@saisons.example');
  const page = await web.get('/compose?to=ami@dehors.example');
  const [chosen] = offered(page).filter(({ isSelected }) => isSelected);
  expect(chosen?.label).toBe(`Astreinte – Astreinte DSI <${me().mail}>`);
  expect(page.text).toContain('-- \nAstreinte DSI');
  expect(page.text).not.toContain('alert(1)');
  const form = page.one('id', 'compose-form');
  if (!form) throw new Error('no form');
  await web.submit(page, { form: () => form, button: 'send', fill: { subject: 'Garde du soir' } });
  const [raw] = sentWith('Garde');
  expect(raw?.raw.toString()).toContain(`From: Astreinte DSI <${me().mail}>`);
  expect(raw?.raw.toString()).toMatch(/^Reply-To: .*<equipe@saisons\.example>/m);
  expect(raw?.raw.toString()).not.toMatch(/^Bcc:/im);
  expect(raw?.to.map(String).sort()).toEqual(['ami@dehors.example', 'archive@saisons.example']);
  expect((await web.get('/mail/me/Projets')).text).toContain('Garde du soir');
});

it('follows the choice without scripts: the signature of the other identity takes its place', async () => {
  await post('/identities/save', {
    mail: me().mail,
    label: 'Simple',
    name: '',
    format: 'plain',
    text: 'Bien à vous',
  });
  const page = await web.get('/compose?to=ami@dehors.example&subject=Choix');
  const simple = offered(page).find(({ label }) => label.startsWith('Simple'));
  const form = page.one('id', 'compose-form');
  if (!form) throw new Error('no form');
  const again = await web.submit(page, {
    form: () => form,
    button: 'save',
    fill: { identity: simple?.value ?? '', text: 'Bonjour\n\n-- \nAstreinte DSI' },
  });
  expect(again.text).toContain('Bonjour\n\n-- \nBien à vous</textarea>');
  expect(offered(again).find(({ isSelected }) => isSelected)?.label).toContain('Simple');
});

it.each([
  [{ mail: 'ministre@saisons.example' }, 'Choisissez l’une de vos adresses.'],
  [{ name: 'chef@saisons.example' }, 'Un nom ne contient ni adresse'],
  [{ replyTo: 'rien' }, 'Indiquez une seule adresse'],
  [{ bcc: 'a@b.example, rien' }, 'Indiquez jusqu’à cinq adresses'],
  // Tags alone would leave nothing of it, and the rest would be lost.
  [
    { format: 'html', html: `${'<b></b>'.repeat(3_000)}<p>Fin</p>` },
    'Cette signature est trop longue.',
  ],
])('refuses %o, and keeps what was typed', async (given: Fields, text) => {
  const page = await post('/identities/save', { mail: me().mail, label: 'Tapé ici', ...given });
  expect(page.status).toBe(422);
  expect(page.text).toContain(text);
  expect(page.text).toContain('value="Tapé ici"');
});

it('is nobody else’s', async () => {
  const [id = ''] = idsOn(await web.get('/identities'));
  const { web: other } = await signInTo(demo, agentAt(demo, 1));
  expect((await other.get(`/identities?edit=${id}`)).status).toBe(404);
  expect((await post('/identities/remove', { id }, other)).status).toBe(404);
  const stolen = { id, mail: agentAt(demo, 1).mail, label: 'Volée' };
  expect((await post('/identities/save', stolen, other)).status).toBe(404);
  expect(idsOn(await other.get('/identities'))).toEqual([]);
});

it('starts messages from templates, with their fields filled', async () => {
  const saved = await post('/templates/save', {
    name: 'Relance',
    subject: 'Relance du {{date}}',
    format: 'html',
    html: '<p>Bonjour {{prénom}},</p><p onclick="x()">Merci. {{ville}}</p>',
    text: '',
  });
  expect(saved.text).toContain('Relance');
  const twin = await post('/templates/save', { name: 'relance', text: 'x' });
  expect(twin.status).toBe(422);
  expect(twin.text).toContain('porte déjà ce nom');
  const href = /href="(\/compose\?template=[^"]+)"/.exec((await web.get('/templates')).text)?.[1];
  const to = encodeURIComponent('Odile Tramontane <odile@saisons.example>');
  const page = await web.get(`${href?.replaceAll('&amp;', '&') ?? ''}&to=${to}`);
  expect(page.text).toContain('Bonjour Odile,');
  expect(page.text).toContain('{{ville}}');
  expect(page.text).not.toContain('onclick');
  expect(page.one('id', 'compose-subject')?.attribs['value']).toMatch(/^Relance du .*20\d\d$/);
  const form = page.one('id', 'compose-form');
  if (!form) throw new Error('no form');
  const kept = await web.submit(page, {
    form: () => form,
    button: 'keep-template',
    fill: { templateName: 'Gardé', text: 'Un texte à garder.' },
  });
  expect(kept.status).toBe(200);
  expect(kept.text).toMatch(/Gardé.{1,4}est enregistré/);
  const { web: other } = await signInTo(demo, agentAt(demo, 1));
  expect((await other.get('/templates')).text).not.toContain('Gardé');
  expect((await other.get(href?.replaceAll('&amp;', '&') ?? '')).status).toBe(404);
});
