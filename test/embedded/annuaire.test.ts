import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { halfPhoneOf } from '../kit/annuaire-phone';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const find = async (q: string): Promise<readonly string[]> => {
  const page = await web.get(`/annuaire?q=${encodeURIComponent(q)}`);
  expect(page.status).toBe(200);
  return [...page.text.matchAll(/annuaire-name">([^<]*)</g)].map(([, name]) => name ?? '');
};
const colleague = () => {
  const [, found] = demo.stack.agents;
  if (!found) throw new Error('no colleague');
  return found;
};

it('finds somebody by name, address and a half of their number', async () => {
  const { name, surname, mail } = colleague();

  expect(await find(surname.toUpperCase())).toContain(name);
  expect(await find(mail)).toEqual([name]);
  expect(await find(halfPhoneOf(colleague()))).toContain(name);
  expect(await find(`${halfPhoneOf(colleague()).replaceAll(' ', '.')}`)).toContain(name);
});

it.each([
  '***',
  '*)(uid=*',
  ')(objectClass=*',
  '\\2a\\2a',
  'a*b*c',
  '(|(cn=*))',
  '&&&',
  '\\00\\00',
  'uid=*',
  'odile*',
])('takes %s literally', async (q) => {
  expect(await find(q)).toEqual([]);
});

it.each(['ou=agents,dc=marees,dc=example', 'dc=example', '*', 'cn=a)(b', '\\'])(
  'shows nothing of %s, which is not below the base',
  async (dn) => {
    const named = encodeURIComponent(dn);

    expect((await web.get(`/annuaire/entry?dn=${named}`)).status).toBe(404);
    expect((await web.get(`/annuaire/tree?base=${named}`)).status).toBe(404);
    expect((await web.get(`/annuaire/photo/${Buffer.from(dn).toString('base64url')}`)).status).toBe(
      404,
    );
  },
);

it('suggests people of the directory where a message is written', async () => {
  const { surname, mail } = colleague();

  const answer = await web.raw(`/autocomplete?q=${surname}`, {
    headers: { Accept: 'application/json' },
  });

  expect(await answer.json()).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ mail })]),
  });
});

// Last: what was asked before is remembered for a while.
it('says that the directory is away, and mail goes on', async () => {
  const { ldap } = demo.stack;
  if (!('faults' in ldap)) throw new Error('needs the server in memory');
  ldap.faults.down(true);

  const page = await web.get('/annuaire?q=personne-encore');
  const inbox = await web.get('/mail/me/INBOX');
  const message = inbox.one('class', 'subject').attribs['href'] ?? '';

  expect(page.status).toBe(503);
  expect(page.text).toContain('L’annuaire ne répond pas. Vos contacts restent disponibles.');
  expect(inbox.status).toBe(200);
  expect((await web.get(message)).status).toBe(200);
  ldap.faults.clear();
});
