import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { SiteId, UserId } from '../../../src/base/types';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { migrate } from '../../../src/kernel/migrate';
import { sessionMigrations } from '../../../src/session';
import {
  addTrusted,
  CORE_SECTIONS,
  createSettings,
  defineSection,
  isThreaded,
  isTrusted,
  parseSectionForm,
  readCoreSettings,
  removeTrusted,
  resolveSettings,
  type Settings,
  setThreaded,
  settingsMigrations,
} from '../../../src/settings';

let db: Database;
let settings: Settings;
const [alice, bruno] = [1 as UserId, 2 as UserId];
beforeEach(async () => {
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  const migrations = [...sessionMigrations, ...settingsMigrations];
  await migrate(db, [{ owner: 'core', migrations }]);
  for (const id of [alice, bruno]) {
    const texts = { name: 'x', mail: 'x@y', aliases: '[]', locale: 'en' };
    const times = { created_at: '2026', signed_in_at: '2026' };
    await db.knex('users').insert({ id, site: 's', login: `u${id}`, ...texts, ...times });
  }
  settings = createSettings({ db, clock: systemClock });
});
afterEach(() => db.close());

describe('stored settings', () => {
  it('are read as they were written, whatever their JSON type', async () => {
    const values = { a: 'é', b: 1.5, c: true, d: null, e: ['x'], f: { g: 1 } };
    await settings.write(alice, 'core', values);

    expect(await settings.read(alice, 'core')).toEqual(values);
    expect(await settings.readKey(alice, 'core', 'e')).toEqual(['x']);
    expect(await settings.readKey(alice, 'core', 'z')).toBeUndefined();
  });

  it('keep what another tab wrote to other keys', async () => {
    await Promise.all([
      settings.write(alice, 'core', { one: 1 }),
      settings.write(alice, 'core', { two: 2 }),
    ]);
    await settings.write(alice, 'core', { one: 10 });

    expect(await settings.read(alice, 'core')).toEqual({ one: 10, two: 2 });
  });

  it('are read of several people at once, and of thousands', async () => {
    await settings.write(alice, 'calendar', { showBusy: false, zone: 'Europe/Paris' });
    await settings.write(alice, 'core', { one: 1 });
    await settings.write(bruno, 'core', { one: 2 });
    const others = Array.from({ length: 1_200 }, (_, at) => (at + 3) as UserId);

    expect(await settings.readMany([alice, ...others, bruno, bruno], 'core')).toEqual(
      new Map([
        [alice, { one: 1 }],
        [bruno, { one: 2 }],
      ]),
    );
    expect(await settings.readMany([alice, bruno], 'calendar')).toEqual(
      new Map([[alice, { showBusy: false, zone: 'Europe/Paris' }]]),
    );
    expect(await settings.readMany([], 'core')).toEqual(new Map());
  });

  it('are removed by undefined', async () => {
    await settings.write(alice, 'core', { one: 1, two: 2 });
    await settings.write(alice, 'core', { one: undefined });

    expect(await settings.read(alice, 'core')).toEqual({ two: 2 });
  });

  it('belong to one user and one scope', async () => {
    await settings.write(alice, 'core', { one: 1 });
    await settings.write(alice, 'agenda', { one: 2 });

    expect(await settings.read(bruno, 'core')).toEqual({});
    expect(await settings.read(alice, 'agenda')).toEqual({ one: 2 });
    expect(await settings.exportUser(alice)).toEqual([
      { scope: 'agenda', key: 'one', value: 2 },
      { scope: 'core', key: 'one', value: 1 },
    ]);
  });

  it.each([
    ['a prototype key', 'core', JSON.parse('{"__proto__":1}')],
    ['a constructor', 'core', { constructor: 1 }],
    ['an empty key', 'core', { '': 1 }],
    ['a long key', 'core', { ['k'.repeat(200)]: 1 }],
    ['a bad scope', '../x', { a: 1 }],
    ['a huge value', 'core', { a: 'x'.repeat(100_000) }],
    ['a function', 'core', { a: () => 1 }],
    [
      'too many keys',
      'core',
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, 1])),
    ],
  ])('refuse %s and write nothing of it', async (_name, scope, values) => {
    await expect(settings.write(alice, scope, { ok: 1, ...values })).rejects.toThrow(
      'request/invalid',
    );
    if (Object.hasOwn(values, '__proto__')) return;
    expect(await settings.exportUser(alice)).toEqual([]);
  });

  it('have an end: nobody fills the database row by row', async () => {
    const full = Array.from({ length: 5_000 }, (_, index) => ({
      user_id: alice,
      scope: 'core',
      key: `k${index}`,
      value: '1',
      updated_at: '2026',
    }));
    await db.knex.batchInsert('settings', full, 500);

    await expect(settings.write(alice, 'core', { more: 1 })).rejects.toThrow('request/invalid');
    expect(await settings.readKey(alice, 'core', 'more')).toBeUndefined();
    await settings.write(alice, 'core', { k0: undefined, more: 1 });
    await settings.write(alice, 'agenda', { more: 1 });
    await settings.write(bruno, 'core', { more: 1 });
    expect(await settings.readKey(alice, 'core', 'more')).toBe(1);
  });

  it('are erased for one user, and nobody else', async () => {
    await settings.write(alice, 'core', { one: 1 });
    await settings.write(bruno, 'core', { one: 2 });

    await settings.erase(alice);

    expect(await settings.exportUser(alice)).toEqual([]);
    expect(await settings.exportUser(bruno)).toEqual([{ scope: 'core', key: 'one', value: 2 }]);
  });

  it('are erased with the transaction that erases, or not at all', async () => {
    await settings.write(alice, 'core', { one: 1 });
    const work = db.transaction(async (trx) => {
      await settings.erase(alice, trx);
      throw new Error('elsewhere');
    });

    await expect(work).rejects.toThrow('elsewhere');
    expect(await settings.read(alice, 'core')).toEqual({ one: 1 });
    await settings.erase(alice);
    expect(await settings.read(alice, 'core')).toEqual({});
  });
});

const SECTION = defineSection({
  id: 'demo',
  labelKey: 'demo.title',
  fields: [
    {
      key: 'colour',
      kind: 'choice',
      labelKey: 'demo.colour',
      options: [
        { value: 'red', labelKey: 'demo.red' },
        { value: 'blue', labelKey: 'demo.blue' },
      ],
      default: 'red',
    },
    { key: 'on', kind: 'switch', labelKey: 'demo.on', default: true },
    { key: 'name', kind: 'text', labelKey: 'demo.name', default: '', maxLength: 10 },
    { key: 'about', kind: 'textarea', labelKey: 'demo.about', default: '' },
  ],
});

describe('a section', () => {
  it('completes what is stored by its defaults, typed', () => {
    const values = resolveSettings(SECTION, { colour: 'blue', on: false });
    const colour: 'red' | 'blue' = values.colour;
    const on: boolean = values.on;

    expect([colour, on, values.name]).toEqual(['blue', false, '']);
  });

  it('takes its default for a stored value that no longer fits', () => {
    expect(resolveSettings(SECTION, { colour: 'green', on: 'yes', name: 'x'.repeat(11) })).toEqual({
      colour: 'red',
      on: true,
      name: '',
      about: '',
    });
  });

  it('reads a form as browsers send it', () => {
    const form = { colour: 'blue', name: 'Zoé', about: 'a\r\nb', _csrf: 'x' };

    expect(parseSectionForm(SECTION, form, { prefix: 'demo.' })).toEqual({
      ok: true,
      values: { 'demo.colour': 'blue', 'demo.on': false, 'demo.name': 'Zoé', 'demo.about': 'a\nb' },
    });
  });

  it('leaves out what the site has locked', () => {
    expect(parseSectionForm(SECTION, { colour: 'blue' }, { locked: ['colour', 'on'] })).toEqual({
      ok: true,
      values: {},
    });
  });

  it.each([
    ['colour', { colour: 'green' }],
    ['colour', { colour: ['red', 'blue'] }],
    ['name', { name: 'two\nlines' }],
    ['name', { name: 'x'.repeat(11) }],
    ['about', { about: 'a\u0000b' }],
    ['about', { about: 'x'.repeat(5_000) }],
    ['about', { about: { toString: 'x' } }],
  ])('names the field %s when it is wrong: %j', (key, form) => {
    expect(parseSectionForm(SECTION, form)).toEqual({ ok: false, invalid: [key] });
  });
});

describe('core settings', () => {
  const user = { id: alice, site: 'one' as SiteId, locale: 'en' as const };

  it('are complete for somebody who has chosen nothing', async () => {
    expect(await readCoreSettings(settings, user)).toEqual({
      display: {
        theme: 'auto',
        density: 'normal',
        layout: 'side',
        groups: 'on',
        keys: 'estafette',
        conversations: 'off',
        language: 'en',
      },
      reading: { prefer: 'html', remoteImages: 'ask', archive: 'one', receipts: 'ask' },
      writing: {
        signature: '',
        format: 'html',
        quotePosition: 'bottom',
        collect: 'yes',
        undo: 'site',
        disconnect: 'on',
      },
      notices: { content: 'full', quietFrom: '20', quietTo: '7', weekend: 'quiet' },
      conversations: new Map(),
      marks: new Map(),
      muted: [],
    });
  });

  it('know which mailboxes are shown by conversation, and forget the longest unchanged', async () => {
    const before = await readCoreSettings(settings, user);
    expect(isThreaded(before, 'INBOX')).toBe(false);
    await setThreaded(settings, alice, before, { mailbox: 'INBOX', on: true });
    const after = await readCoreSettings(settings, user);
    expect([isThreaded(after, 'INBOX'), isThreaded(after, 'Sent')]).toEqual([true, false]);
    const many = new Map(Array.from({ length: 400 }, (_, at) => [`box ${at}`, true]));
    await setThreaded(
      settings,
      alice,
      { ...after, conversations: many },
      { mailbox: 'INBOX', on: false },
    );
    const kept = await readCoreSettings(settings, user);
    expect(kept.conversations.size).toBe(300);
    expect(isThreaded(kept, 'INBOX')).toBe(false);
    await settings.write(alice, 'core', { 'conversations.by': 'nonsense' });
    expect((await readCoreSettings(settings, user)).conversations.size).toBe(0);
  });

  it('follow what was chosen', async () => {
    await settings.write(alice, 'core', { 'display.theme': 'dark', 'display.language': 'fr' });

    const { display } = await readCoreSettings(settings, user);
    expect(display).toMatchObject({ theme: 'dark', language: 'fr' });
  });

  it('forget what was chosen before the site locked it', async () => {
    const locking = createSettings({
      db,
      clock: systemClock,
      locked: (site) => (site === 'one' ? ['core.display.theme', 'core.display.language'] : []),
    });
    const chosen = {
      'display.theme': 'dark',
      'display.language': 'fr',
      'display.density': 'compact',
    };
    await locking.write(alice, 'core', chosen);

    const { display } = await readCoreSettings(locking, user);
    expect(display).toMatchObject({ theme: 'auto', language: 'en', density: 'compact' });

    const elsewhere = await readCoreSettings(locking, { ...user, site: 'two' as SiteId });
    expect(elsewhere.display).toMatchObject({ theme: 'dark', language: 'fr' });
  });

  it('have defaults that they accept themselves', () => {
    for (const section of CORE_SECTIONS) {
      const defaults = section.fields.map((field) => [field.key, field.default]);
      expect(resolveSettings(section, {})).toEqual(Object.fromEntries(defaults));
      expect(parseSectionForm(section, Object.fromEntries(defaults)).ok).toBe(true);
    }
  });
});

describe('trusted senders', () => {
  it('are remembered by user, whatever the case, and can be forgotten', async () => {
    await addTrusted(settings, alice, 'News@Example.org');

    expect(await isTrusted(settings, alice, ' news@example.org ')).toBe(true);
    expect(await isTrusted(settings, bruno, 'news@example.org')).toBe(false);
    expect(await isTrusted(settings, alice, 'other@example.org')).toBe(false);
    await removeTrusted(settings, alice, 'news@example.org');
    expect(await isTrusted(settings, alice, 'news@example.org')).toBe(false);
  });

  it('are not readable in the database', async () => {
    await addTrusted(settings, alice, 'news@example.org');

    expect(JSON.stringify(await settings.exportUser(alice))).not.toContain('example');
  });
});
