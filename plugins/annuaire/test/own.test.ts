import type { DirectoryRecord } from 'estafette/plugin';
import { createPluginTest, type PluginTest, type RouteInput } from 'estafette/plugin/testing';
import { type AnnuaireConfig, annuaireConfig } from '../config';
import plugin from '../plugin';
import { fakeDirectory, record } from './fake-directory';

const BASE = 'dc=saisons,dc=example';
const ME = `uid=test,${BASE}`;
const JPEG = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0]),
  Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xff, 0xd9]),
]);
type Values = Readonly<Record<string, readonly string[]>>;
const entry = (more: Values = {}): DirectoryRecord =>
  record(ME, {
    objectClass: ['inetOrgPerson'],
    uid: ['test'],
    cn: ['Agnès Test'],
    telephoneNumber: ['+33 1 99 00 00 42'],
    roomNumber: ['B214'],
    ...more,
  });
const OWN: AnnuaireConfig['own'] = annuaireConfig.parse({
  own: [
    { attribute: 'telephoneNumber' },
    { attribute: 'roomNumber', maxChars: 8, pattern: '[A-C]\\d+' },
    {
      attribute: 'carLicense',
      label: { fr: 'Véhicule', en: 'Car' },
      help: { fr: 'Plaque', en: 'Plate' },
    },
    { attribute: 'jpegPhoto', maxBytes: 10_000 },
  ],
}).own;

let test: PluginTest;
let now: DirectoryRecord | undefined;
let isDown: boolean;
let refusal: Error | undefined;
/** What a reading of the entry takes. */
let readingMs: number;
/** What the directory needs for a change. */
let changingMs: number;
const written: Readonly<Record<string, readonly (string | Buffer)[]>>[] = [];

async function start(config: Partial<AnnuaireConfig> = { own: OWN }): Promise<void> {
  now = entry();
  isDown = false;
  refusal = undefined;
  readingMs = 0;
  changingMs = 0;
  written.length = 0;
  const directory = {
    ...fakeDirectory(BASE, [
      entry(),
      record(`uid=other,${BASE}`, { objectClass: ['person'], cn: ['Autre'] }),
    ]),
    changeOwn: async (_as: unknown, changes: (typeof written)[number]) => {
      if (refusal) throw refusal;
      await new Promise<void>((resolve) => test.clock.after(changingMs, resolve));
      written.push(changes);
    },
  };
  const ownEntry = () => {
    if (isDown) throw new Error('connection refused');
    test.clock.advance(readingMs);
    return now;
  };
  test = await createPluginTest({ plugin, directory, config, ownEntry });
}
afterEach(() => test.stop());

const WAS: Values = {
  'was-telephonenumber': ['+33 1 99 00 00 42'],
  'was-roomnumber': ['B214'],
  'was-carlicense': [],
};
const AS_IS: Values = {
  ...WAS,
  'v-telephonenumber': ['+33 1 99 00 00 42'],
  'v-roomnumber': ['B214'],
  'v-carlicense': [''],
};
const send = (lists: Values, more: RouteInput = {}) =>
  test.route('post', '/own', { lists: { ...AS_IS, ...lists }, ...more });
/** The page that a form came back with, as HTML. */
async function sentPage(lists: Values) {
  const answer = await send(lists);
  if (!('view' in answer)) throw new Error('no page');
  const html = await test.renderRoute('/own', {});
  return { answer, html, model: answer.model as Record<string, unknown> };
}
const codedError = (code: string, details: object = {}) =>
  Object.assign(new Error(code), { code, details });

it('shows what may be changed, in the words of the site where it has some', async () => {
  await start();

  const html = await test.renderRoute('/own');

  expect(html).toContain('value="+33 1 99 00 00 42"');
  expect(html).toContain('>Véhicule</label>');
  expect(html).toContain('Plaque');
  expect(html).toContain('name="was-roomnumber" value="B214"');
  expect(html).not.toContain('name="v-cn"');
});

it('is nowhere where the site lets nobody change anything, or who asks has no entry', async () => {
  await start({});
  expect(await test.route('get', '/own')).toEqual({ redirect: '/annuaire/' });
  expect(await test.route('post', '/own')).toEqual({ status: 404 });
  await test.stop();

  await start();
  now = undefined;
  expect(await test.route('get', '/own')).toEqual({ redirect: '/annuaire/' });
});

it('is led to from one’s own card alone', async () => {
  await start();
  const card = (dn: string) => test.renderRoute('/entry', { query: { dn } });

  expect(await card(ME)).toContain('Modifier ma fiche');
  expect(await card(`uid=other,${BASE}`)).not.toContain('Modifier ma fiche');
});

it('writes what was changed and nothing else, and tells it without the values', async () => {
  await start();

  expect(await send({ 'v-roomnumber': [' A12 '], 'v-carlicense': ['AB-123'] })).toEqual({
    redirect: '/annuaire/own?done=saved',
  });

  expect(written).toEqual([{ roomNumber: ['A12'], carLicense: ['AB-123'] }]);
  expect(test.audited).toMatchObject([{ details: { attributes: 'roomNumber carLicense' } }]);
  expect(JSON.stringify(test.audited)).not.toContain('A12');
});

it('empties what was emptied, and asks the server for nothing when nothing was changed', async () => {
  await start();

  await send({ 'v-telephonenumber': [''] });
  expect(written).toEqual([{ telephoneNumber: [] }]);
  expect(await send({})).toEqual({ redirect: '/annuaire/own?done=same' });
  expect(written).toHaveLength(1);
});

it('writes no attribute that the site did not name', async () => {
  await start();

  await send({ 'v-cn': ['Le Ministre'], 'was-cn': [] });
  await send({ 'v-jpegphoto': ['x'], 'was-jpegphoto': [] });

  expect(written).toEqual([]);
});

it.each([
  ['v-telephonenumber', 'poste de Linh', 'phone'],
  ['v-telephonenumber', '', ''],
  ['v-roomnumber', 'Z9', 'pattern'],
  ['v-roomnumber', 'A123456789', 'long'],
  ['v-carlicense', `${'x'.repeat(121)}`, 'long'],
])('takes %s = %j: %s', async (name, value, wrong) => {
  await start();

  const answer = await send({ [name]: [value] });

  if (wrong === '') expect(answer).toHaveProperty('redirect');
  else {
    expect(answer).toMatchObject({ status: 422, model: { errorCount: 1 } });
    expect(JSON.stringify(answer)).toContain(value);
    expect(written).toEqual([]);
  }
});

it('tells what somebody else has changed meanwhile, and writes it when it is sent again', async () => {
  await start();
  now = entry({ roomNumber: ['C3'] });

  const { answer, model } = await sentPage({ 'v-roomnumber': ['A12'] });

  expect(answer).toMatchObject({ status: 409, model: { isConflict: true } });
  expect(written).toEqual([]);
  expect(model['fields']).toContainEqual(
    expect.objectContaining({ id: 'roomnumber', inputs: ['A12'], was: ['C3'], other: ['C3'] }),
  );
  await send({ 'v-roomnumber': ['A12'], 'was-roomnumber': ['C3'] });
  expect(written).toEqual([{ roomNumber: ['A12'] }]);
});

it('minds no change of what was left alone, nor the same change', async () => {
  await start();
  now = entry({ roomNumber: ['C3'], telephoneNumber: ['0199000000'] });

  await send({ 'v-roomnumber': ['C3'] });

  expect(written).toEqual([{ roomNumber: ['C3'] }]);
});

it.each([
  ['directory/refused', { reason: 'server', ldapCode: 50 }, 'refused', 403],
  ['directory/refused', { reason: 'server', ldapCode: 21 }, 'format', 422],
  ['directory/refused', { reason: 'credentials' }, 'password', 403],
  ['directory/no-password', {}, 'noPassword', 403],
  ['directory/unreachable', {}, 'down', 503],
])('says what %s %j means, and loses nothing', async (code, details, problem, status) => {
  await start();
  refusal = codedError(code, details);

  const answer = await send({ 'v-roomnumber': ['A12'] });

  expect(answer).toMatchObject({ status, model: { problem: `annuaire:own.problem.${problem}` } });
  expect(answer).toMatchObject({
    model: { fields: expect.arrayContaining([expect.objectContaining({ inputs: ['A12'] })]) },
  });
  expect(test.audited).toEqual([]);
});

it('comes back filled when the directory is down', async () => {
  await start();
  isDown = true;

  const answer = await send({ 'v-roomnumber': ['A12'] });

  expect(answer).toMatchObject({ status: 503, retryAfterS: 30 });
  expect(answer).toMatchObject({
    model: {
      fields: expect.arrayContaining([
        expect.objectContaining({ id: 'roomnumber', inputs: ['A12'], was: ['B214'] }),
      ]),
    },
  });
});

describe('the photo', () => {
  const photo = (content: Buffer, body = {}) =>
    test.route('post', '/own/photo', {
      body,
      files:
        content.length > 0 ? [{ field: 'photo', name: 'p.jpg', type: 'image/jpeg', content }] : [],
    });

  it('is written, and taken away', async () => {
    await start();

    expect(await photo(JPEG)).toEqual({ redirect: '/annuaire/own?done=photo' });
    expect(await photo(Buffer.alloc(0), { remove: 'yes' })).toEqual({
      redirect: '/annuaire/own?done=photoGone',
    });

    expect(written).toEqual([{ jpegPhoto: [JPEG] }, { jpegPhoto: [] }]);
    expect(test.audited).toHaveLength(2);
  });

  const wide = Buffer.from(JPEG);
  wide.writeUInt16BE(60_000, 9);
  it.each([
    ['photoNone', Buffer.alloc(0)],
    ['photoType', Buffer.from('<svg onload=alert(1)>')],
    ['photoType', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['photoSize', wide],
    ['photoSize', Buffer.concat([JPEG.subarray(0, -2), Buffer.alloc(11_000), JPEG.subarray(-2)])],
  ])('is refused: %s', async (failed, content) => {
    await start();

    expect(await photo(content)).toEqual({ redirect: `/annuaire/own?failed=${failed}` });
    expect(written).toEqual([]);
    expect(await test.renderRoute('/own', { query: { failed } })).toContain('banner warn');
  });

  it('has no place where the site does not name it', async () => {
    await start({ own: OWN.slice(0, 1) });

    expect(await photo(JPEG)).toEqual({ status: 404 });
    expect(await test.renderRoute('/own')).not.toContain('type="file"');
  });
});

it('gives reading and writing one limit together', async () => {
  await start();
  readingMs = 8_900;
  changingMs = 1_500;

  const answer = await send({ 'v-roomnumber': ['A1'] });

  expect(answer).toMatchObject({ status: 503, model: { problem: 'annuaire:own.problem.down' } });
});
