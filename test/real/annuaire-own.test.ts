import type { DemoApp } from '../../src/demo';
import { jpeg } from '../../src/demo/data/jpeg';
import type { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';
import { useSlapd } from '../kit/slapd';

/** The demonstration, but for its directory, which is an OpenLDAP. */
const slapd = useSlapd();
let demo: DemoApp;
let web: WebAgent;

type File = Readonly<Record<string, unknown>>;
/** With an attribute that the server lets nobody write, whatever the site says. */
const withTitle = (plugins: File): File => {
  const annuaire = plugins['annuaire'] as { readonly own: readonly File[] } | undefined;
  if (!annuaire) return plugins;
  return { ...plugins, annuaire: { ...annuaire, own: [...annuaire.own, { attribute: 'title' }] } };
};

beforeAll(async () => {
  demo = await startTestDemo({
    site: (_id, file) => {
      const { ldap } = file['signIn'] as { readonly ldap: File };
      const { url, caFile } = slapd();
      return {
        ...file,
        signIn: { kind: 'ldap', ldap: { ...ldap, urls: [url], startTls: true, caFile } },
        plugins: withTitle(file['plugins'] as File),
      };
    },
  });
  ({ web } = await signInTo(demo));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const me = () => {
  const [agent] = demo.stack.agents;
  if (!agent) throw new Error('no agent');
  return agent;
};
const form = (page: Page) => {
  const found = page.all((e) => e.name === 'form' && e.attribs['action'] === '/annuaire/own')[0];
  if (!found) throw new Error('no form');
  return found;
};
/** Sends the form as it was shown, with some fields typed over. */
const send = async (fill: Readonly<Record<string, string>>, page?: Page) =>
  web.submit(page ?? (await web.get('/annuaire/own')), { form, fill });
const card = async () => (await web.get(`/annuaire/entry?dn=${encodeURIComponent(me().dn)}`)).text;

it('is written to OpenLDAP with the rights of who it belongs to, and shown', async () => {
  const page = await send({ 'v-roomnumber': 'Z 99', 'v-telephonenumber': '01 99 00 77 77' });

  expect(page.text).toContain('Votre fiche est enregistrée');
  expect(await card()).toContain('Z 99');
  expect(await card()).toContain('tel:0199007777');
});

it('says what the server does not let people change, and gives back what was typed', async () => {
  const page = await send({ 'v-title': 'Ministre', 'v-roomnumber': 'Z 98' });

  expect(page.status).toBe(403);
  expect(page.text).toContain('n’accepte pas ce changement');
  expect(page.text).toContain('value="Ministre"');
  expect(await card()).not.toContain('Z 98');
});

it('tells of a change in another window before it is lost', async () => {
  const before = await web.get('/annuaire/own');
  await send({ 'v-mobile': '06 39 98 00 01' });

  const late = await send({ 'v-mobile': '06 39 98 00 02' }, before);

  expect(late.status).toBe(409);
  expect(late.text).toContain('06 39 98 00 01');
  expect((await send({ 'v-mobile': '06 39 98 00 02' }, late)).text).toContain('est enregistrée');
  expect(await card()).toContain('06 39 98 00 02');
});

it('takes a photo and takes it away', async () => {
  const photo = `/annuaire/photo/${Buffer.from(me().dn).toString('base64url')}`;
  const sent = async (fill: (body: FormData) => void) => {
    const body = new FormData();
    const page = await web.get('/annuaire/own');
    body.append('_csrf', page.one('name', '_csrf').attribs['value'] ?? '');
    fill(body);
    return web.raw('/annuaire/own/photo', { method: 'POST', body });
  };
  const picture = jpeg(64, 48, 7);

  await sent((body) => body.append('photo', new Blob([new Uint8Array(picture)]), 'moi.jpg'));
  const shown = await web.raw(photo);
  expect(Buffer.from(await shown.arrayBuffer())).toEqual(picture);

  await sent((body) => body.append('remove', 'yes'));
  expect((await web.raw(photo)).status).toBe(404);
});
