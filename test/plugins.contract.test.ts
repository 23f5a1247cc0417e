import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { silentLog } from '../src/base/log';
import type { SiteId } from '../src/base/types';
import type { PluginDefinition } from '../src/host/define';
import { discoverPlugins, type FoundPlugin } from '../src/host/discover';
import { tablePrefix } from '../src/host/plugin-db';
import { createPluginTest, type PluginTest } from '../src/host/testing';
import { openDatabase } from '../src/kernel/db';
import type { Database } from '../src/kernel/db-types';
import { migrate, rollback } from '../src/kernel/migrate';
import { sessionMigrations } from '../src/session';
import { SLOTS } from '../src/view';
import { lintTemplate, slotsOf } from './unit/view/template-lint';

const ROOT = path.resolve(__dirname, '..');
const PLUGINS = path.join(ROOT, 'plugins');

const filesBelow = (dir: string, ...extensions: string[]): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => extensions.some((ext) => name.endsWith(ext)))
        .filter((name) => !name.split(path.sep).includes('node_modules'))
        .map((name) => path.join(dir, name))
    : [];
const read = (file: string): string => readFileSync(file, 'utf8');
const faultsOf = (files: readonly string[]): string[] =>
  files.flatMap((file) => {
    const name = path.relative(ROOT, file);
    return lintTemplate(name, read(file)).map((fault) => `${name}: ${fault}`);
  });

const { found, broken } = discoverPlugins({ dir: PLUGINS });
const byId = new Map(found.map((plugin) => [plugin.id, plugin]));

/** What a plugin requires, at any distance. */
function requirementsOf({ definition }: FoundPlugin): PluginDefinition[] {
  return (definition.requires ?? []).flatMap((id) => {
    const required = byId.get(id);
    return required ? [...requirementsOf(required), required.definition] : [];
  });
}

const start = (plugin: FoundPlugin): Promise<PluginTest> =>
  createPluginTest({
    plugin: plugin.definition,
    dir: plugin.dir,
    with: requirementsOf(plugin),
    sites: { off: { on: false } },
  });

it('every folder of plugins/ holds a plugin that loads', () => {
  expect(broken).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
});

describe.each(found.map((plugin) => [plugin.id, plugin] as const))('plugin %s', (id, plugin) => {
  const { definition, dir } = plugin;
  const sources = filesBelow(dir, '.ts', '.js').filter((file) => !file.includes('/assets/'));
  const code = sources.filter((file) => !file.startsWith(path.join(dir, 'test')));
  const views = filesBelow(path.join(dir, 'views'), '.ejs');

  it('boots alone on an empty configuration, or says which keys it lacks', async () => {
    const test = await start(plugin);
    const { state, reason = '' } = test.state();
    await test.stop();

    if (state !== 'active') {
      expect(reason).toMatch(new RegExp(`^config/sites/test\\.json: plugins\\.${id}\\.\\w`));
    }
    expect(['active', 'degraded']).toContain(state);
  });

  it('exports a frozen definition', () => {
    expect(Object.isFrozen(definition)).toBe(true);
    expect(Object.isFrozen(definition.contributes ?? Object.freeze({}))).toBe(true);
    expect(id).toBe(path.basename(dir));
  });

  it('imports the public module, Node, its own folder and its own packages only', () => {
    const own = existsSync(path.join(dir, 'package.json'))
      ? (JSON.parse(read(path.join(dir, 'package.json'))) as { dependencies?: object })
      : {};
    const packages = Object.keys(own.dependencies ?? {});
    const isAllowed = (file: string, spec: string): boolean => {
      if (spec.startsWith('.')) return path.resolve(path.dirname(file), spec).startsWith(dir);
      if (spec.startsWith('node:') || spec === 'estafette/plugin') return true;
      if (spec === 'estafette/plugin/testing') return file.startsWith(path.join(dir, 'test'));
      return packages.some((name) => spec === name || spec.startsWith(`${name}/`));
    };
    const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"]+)['"]/g;

    const foreign = sources.flatMap((file) =>
      [...read(file).matchAll(IMPORT)]
        .map((match) => match[1] ?? '')
        .filter((spec) => !isAllowed(file, spec))
        .map((spec) => `${path.relative(dir, file)}: ${spec}`),
    );

    expect(foreign).toEqual([]);
  });

  it('has the same texts in French and English, with the same values', () => {
    const valuesIn = (text: string): string[] =>
      [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1] ?? '').sort();
    const shape = (catalogue: object): Record<string, string[]> =>
      Object.fromEntries(
        flatten(catalogue).map(([key, text]) => [key.replace(PLURAL, ''), valuesIn(text)]),
      );

    expect(shape(plugin.locales.fr)).toEqual(shape(plugin.locales.en));
    expect(flatten(plugin.locales.fr).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('uses every text that it has, and has every text that it uses', () => {
    const used = new Set(
      [...code, ...views].flatMap((file) =>
        [...read(file).matchAll(new RegExp(`['"\`]${id}:([\\w.-]+)['"\`]`, 'g'))].map(
          (match) => match[1] ?? '',
        ),
      ),
    );
    // A command is named like a text.
    for (const { name } of definition.contributes?.commands ?? [])
      used.delete(name.slice(id.length + 1));
    const present = new Set(flatten(plugin.locales.fr).map(([key]) => key.replace(PLURAL, '')));

    expect([...used].filter((key) => !present.has(key))).toEqual([]);
    expect([...present].filter((key) => !used.has(key))).toEqual([]);
  });

  it('migrates up, down and up again to the same schema, in tables of its own', async () => {
    const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
    const core = { owner: 'core', migrations: sessionMigrations };
    const own = { owner: id, migrations: plugin.migrations };
    await migrate(db, [core]);
    const before = await schemaOf(db);

    await migrate(db, [own]);
    const first = await schemaOf(db);
    await rollback(db, [own]);
    const undone = await schemaOf(db);
    await migrate(db, [own]);
    const second = await schemaOf(db);
    await db.close();

    const records = `migrations_${id.replaceAll('-', '_')}`;
    const added = [...first.keys()].filter((name) => !before.has(name) && name !== records);
    expect(second).toEqual(first);
    expect([...undone.keys()].filter((name) => name !== records)).toEqual([...before.keys()]);
    expect(added.filter((name) => !name.startsWith(tablePrefix(id)))).toEqual([]);
  });

  it('writes views without inline code or raw text', () => {
    expect(faultsOf(views)).toEqual([]);
  });

  it('shows each of its slots without failing, whatever the page knows', async () => {
    const test = await start(plugin);
    const facts = [{}, { user: test.user }, FULL_FACTS];

    for (const { slot } of definition.contributes?.slots ?? []) {
      for (const one of facts) await test.renderSlot(slot, one);
    }
    await test.stop();

    expect(test.failures()).toEqual([]);
  });

  it('leaves nothing behind when it stops', async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => /Timeout|Interval/.test(name)).length;
    const before = timers();
    const test = await start(plugin);

    await test.stop();

    expect(timers()).toBeLessThanOrEqual(before);
    expect(await test.route('get', '/')).toEqual({ status: 404 });
  });

  it('does nothing for a site that has it off', async () => {
    const test = await start(plugin);

    for (const { slot } of definition.contributes?.slots ?? []) {
      expect(await test.renderSlot(slot, FULL_FACTS, { site: 'off' })).toBe('');
    }
    expect(await test.route('get', '/', { site: 'off' })).toEqual({ status: 404 });
    expect(() => test.config('off')).toThrow('internal/unexpected');
    expect(test.handlers('off')).toEqual([]);
    await test.stop();
  });

  it('says in its README what it is, how it is configured and which hooks it handles', async () => {
    const readme = read(path.join(dir, 'README.md'));
    const test = await start(plugin);
    const hooks = new Set(test.handlers());
    await test.stop();

    expect(readme).toMatch(/^# /);
    expect([...hooks].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    for (const need of definition.needs ?? []) expect(readme).toContain(need);
  });
});

describe('templates of the skins', () => {
  const templates = filesBelow(path.join(ROOT, 'skins'), '.ejs');

  it('hold no inline code and print raw only what was reviewed', () => {
    expect(faultsOf(templates)).toEqual([]);
  });

  it('show every slot that exists, and no other', () => {
    const shown = new Set(templates.flatMap((file) => slotsOf(read(file))));

    expect([...shown].filter((name) => !Object.hasOwn(SLOTS, name))).toEqual([]);
    expect(Object.keys(SLOTS).filter((name) => !shown.has(name))).toEqual([]);
  });
});

const PLURAL = /_(?:zero|one|two|few|many|other)$/;

function flatten(catalogue: object, prefix = ''): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? flatten(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(value)] satisfies [string, string]],
  );
}

async function schemaOf(db: Database): Promise<Map<string, string>> {
  const rows: { name: string; tbl_name: string; sql: string | null }[] = await db
    .knex('sqlite_master')
    .select('name', 'tbl_name', 'sql')
    .whereNot('name', 'like', 'sqlite_%')
    .orderBy('name');
  return new Map(rows.map(({ name, sql }) => [name, sql ?? '']));
}

const FULL_FACTS = {
  site: { id: 'test' as SiteId, title: 'Test' },
  user: { id: 1, name: 'Camille Durand', mail: 'camille@test.example' },
  mailbox: { account: 'me', path: 'INBOX', total: 3 },
  message: {
    account: 'me',
    mailbox: 'INBOX',
    uidValidity: 1,
    uid: 1,
    subject: 'Réunion',
    from: { name: 'Paul', mail: 'paul@test.example' },
    attachments: [{ part: '2', filename: 'a.pdf', type: 'application/pdf' }],
  },
  draft: { id: 'd1', mode: 'new', subject: '', attachmentCount: 0 },
  section: { id: 'display' },
  status: 500,
};
