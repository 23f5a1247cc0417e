import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;
let authorization: string;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: true, annuaire: true } }),
  }));
  const { username } = agentAt(demo, 0);
  const user: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  const { secret } = await demo.app.safety.appPasswords.create(user.id as never, 'people');
  authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const PROPS =
  '<prop><displayname/><principal-URL/><L:calendar-user-address-set/><L:calendar-user-type/><L:calendar-home-set/></prop>';

async function ask(method: string, target: string, body: string) {
  const answer = await fetch(new URL(target, web.base), {
    method,
    headers: { authorization, depth: '0', 'content-type': 'application/xml' },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}
const search = (property: string, text: string) =>
  ask(
    'REPORT',
    '/dav/principals/',
    `<principal-property-search xmlns="DAV:" xmlns:L="urn:ietf:params:xml:ns:caldav"><property-search><prop><${property}/></prop><match>${text}</match></property-search>${PROPS}</principal-property-search>`,
  );

it('finds agents of the site as the fields of its pages do, by name or address', async () => {
  const other = agentAt(demo, 1);
  const href = `/dav/principals/people/${encodeURIComponent(other.mail)}/`;

  for (const found of [
    await search('displayname', other.name.split(' ').at(-1)?.toLowerCase() ?? ''),
    await search('L:calendar-user-address-set', `mailto:${other.mail}`),
  ]) {
    expect(found.status).toBe(207);
    expect(found.text).toContain(`<D:href>${href}</D:href>`);
    expect(found.text).toContain(`<D:href>mailto:${other.mail}</D:href>`);
    // Nothing of theirs is told: not even where their calendars would be.
    expect(found.text).not.toContain(`principals/${other.username}/`);
    expect(found.text).toMatch(
      /<D:prop><CAL:calendar-home-set[^>]*\/><\/D:prop><D:status>HTTP\/1.1 404/,
    );
  }
});

it('answers at the address that was found, and at no other', async () => {
  const [other, far] = [agentAt(demo, 1), demo.stack.agents.find(({ site }) => site === 'marees')];
  const at = (mail: string) =>
    ask(
      'PROPFIND',
      `/dav/principals/people/${encodeURIComponent(mail)}/`,
      `<propfind xmlns="DAV:" xmlns:L="urn:ietf:params:xml:ns:caldav">${PROPS}</propfind>`,
    );
  const there = await at(other.mail);
  expect([there.status, there.text.includes(other.name)]).toEqual([207, true]);

  for (const nobody of ['personne@saisons.example', far?.mail ?? '', 'x', '%00'])
    expect([nobody, (await at(nobody)).status]).toEqual([nobody, 404]);
  expect((await search('displayname', far?.name ?? '')).text).not.toContain('<D:response>');
  expect((await search('displayname', 'a')).text).not.toContain('/people/');
  const changed = await ask(
    'PROPPATCH',
    `/dav/principals/people/${encodeURIComponent(other.mail)}/`,
    '<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set></propertyupdate>',
  );
  expect(changed.status).toBe(403);
});
