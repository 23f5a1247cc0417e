import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isAppError } from '../../src/base/errors';
import { silentLog } from '../../src/base/log';
import type { SiteId } from '../../src/base/types';
import type { PluginDefinition } from '../../src/host/define';
import type { FoundPlugin } from '../../src/host/discover';
import { tablePrefix } from '../../src/host/plugin-db';
import { createPluginTest, type PluginTest } from '../../src/host/testing';
import { openDatabase } from '../../src/kernel/db';
import type { Database } from '../../src/kernel/db-types';
import { migrate, rollback } from '../../src/kernel/migrate';
import { sessionMigrations } from '../../src/session';
import { expectNone, faultsOf, filesBelow, foreignImports, textFaults } from './contract-files';

interface Exported {
  readonly default: PluginDefinition;
}

/** What a plugin requires, at any distance. */
export function requirementsOf(
  { definition }: FoundPlugin,
  all: readonly FoundPlugin[],
): FoundPlugin[] {
  return (definition.requires ?? []).flatMap((id) => {
    const required = all.find((plugin) => plugin.id === id);
    return required ? [...requirementsOf(required, all), required] : [];
  });
}

/**
 * What holds for every plugin, without a line to write for it: its files, its texts, its tables,
 * and how it starts and stops alone. `all` are the plugins that it may require.
 */
export function describeContract(plugin: FoundPlugin, all: readonly FoundPlugin[]): void {
  const { id, definition, dir } = plugin;
  const views = filesBelow(path.join(dir, 'views'), '.ejs');
  const slots = definition.contributes?.slots ?? [];
  const start = (): Promise<PluginTest> =>
    createPluginTest({
      plugin: definition,
      dir,
      with: requirementsOf(plugin, all).map((required) => required.definition),
      sites: { off: { on: false } },
      mail: { headers: async () => [], text: async () => ({ text: '', truncated: false }) },
    });

  it('boots alone on an empty configuration, or says which keys it lacks', async () => {
    const test = await start();
    const { state, reason = '' } = test.state();
    await test.stop();

    const saysKey = new RegExp(`plugins\\.${id}\\.\\w`).test(reason);
    expectNone(
      state === 'active' || (state === 'degraded' && saysKey) ? [] : [`${state}: ${reason}`],
      'Give each key of `config` a default, or let its schema name the key that is missing; `activate` must not fail without configuration',
    );
  });

  it('exports a frozen definition', async () => {
    // The platform goes by a copy: this is the author's own.
    const { default: exported } = (await import(path.join(dir, 'plugin'))) as Exported;
    expectNone(
      [exported, exported.contributes ?? Object.freeze({})].some((it) => !Object.isFrozen(it))
        ? ['plugin.ts']
        : [],
      'Export by default what `definePlugin({ … })` returns, as it is',
    );
    expect(exported.id).toBe(id);
  });

  it('imports the public module, Node, its own folder and its own packages only', () => {
    expectNone(
      foreignImports(dir),
      'Import from `estafette/plugin` (and `estafette/plugin/testing` in tests); a package must stand in the `dependencies` of the plugin’s package.json',
    );
  });

  it('has the same texts in French and English, all used', () => {
    expectNone(
      textFaults(plugin),
      'Complete locales/fr.json and locales/en.json with the same keys and values, remove what nothing uses, and write keys in code as whole literals',
    );
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
    const isNew = (name: string): boolean => !before.has(name) && name !== records;
    expectNone(
      [...first.keys()].filter((name) => isNew(name) && !name.startsWith(tablePrefix(id))),
      `Name every table and index ${tablePrefix(id)}…`,
    );
    expectNone(
      [...undone.keys()].filter(isNew),
      'Let `down` undo what `up` does: this is left after both',
    );
    expectNone(
      [...first].filter(([name, sql]) => second.get(name) !== sql).map(([name]) => name),
      'Let `up`, `down`, `up` give the same schema as `up`: these differ',
    );
  });

  it('writes views without inline code or raw text', () => {
    expectNone(
      faultsOf(views),
      'The content security policy refuses inline code: put it in assets/. Print with `<%= %>`; `<%-` is for `include(…)` and `icon(…)`',
    );
  });

  it('shows each of its slots without failing, whatever the page knows', async () => {
    const test = await start();
    const facts = [{}, { user: test.user }, FULL_FACTS];
    for (const { slot } of slots) {
      for (const one of facts) await test.renderSlot(slot, one);
    }
    await test.stop();

    // Nobody answers `context.http` here: a slot that lets that through is shown as unavailable.
    const own = test.failures().filter(({ error }) => !isDeadNetwork(error));
    expectNone(
      own.map(({ hook, error }) => `${hook}: ${error.message}`),
      'Each fact of a slot may be absent (`user` on the sign-in page): `when` and `data` must live with that',
    );
  });

  it('leaves nothing behind when it stops', async () => {
    await (await start()).stop(); // what is loaded once, is loaded
    await settle();
    const before = count(process.getActiveResourcesInfo());
    const test = await start();
    await test.stop();

    expectNone(
      await leftBehind(before),
      'Close in `deactivate` every timer, socket and watcher that `activate` opened',
    );
    expectNone(
      test.handlers(),
      'Handle hooks through `context.hooks.on`, which the platform undoes',
    );
    expect(await test.route('get', '/')).toEqual({ status: 404 });
  });

  it('does nothing for a site that has it off', async () => {
    const test = await start();
    const shown: string[] = [];
    for (const { slot } of slots) {
      if ((await test.renderSlot(slot, FULL_FACTS, { site: 'off' })) !== '') shown.push(slot);
    }

    expectNone([...shown, ...test.handlers('off')], 'This is there for a site without the plugin');
    expect(await test.route('get', '/', { site: 'off' })).toEqual({ status: 404 });
    expect(() => test.config('off')).toThrow('internal/unexpected');
    await test.stop();
  });

  it('says in its README what it is, how it is configured and which hooks it handles', async () => {
    const readme = readFileSync(path.join(dir, 'README.md'), 'utf8');
    const test = await start();
    const hooks = [...new Set(test.handlers())];
    await test.stop();

    expectNone(
      [
        ...(/^# /.test(readme) ? [] : ['# a title on the first line']),
        ...hooks.map((name) => `\`${name}\``).filter((name) => !readme.includes(name)),
        ...(definition.needs ?? []).filter((need) => !readme.includes(need)),
      ],
      'README.md should also name',
    );
  });
}

/** `fetch/failed` of the kit's network, also as the cause of what the plugin throws. */
function isDeadNetwork(error: unknown): boolean {
  for (let next = error; next instanceof Error; next = next.cause)
    if (isAppError(next, 'fetch/failed')) return true;
  return false;
}

/** Kinds of resources that there are more of than before. What ends by itself, such as a pool's timer, is waited for. */
async function leftBehind(before: ReadonlyMap<string, number>): Promise<readonly string[]> {
  for (let turn = 0; ; turn += 1) {
    await settle();
    const after = count(process.getActiveResourcesInfo());
    const more = [...after].filter(([name, many]) => many > (before.get(name) ?? 0));
    if (more.length === 0 || turn === TURNS_MAX) return more.map(([name]) => name);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const TURNS_MAX = 40;

/** Sockets and timers end a turn or two after they were closed. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  counts.delete('Immediate');
  return counts;
}

async function schemaOf(db: Database): Promise<Map<string, string>> {
  const rows: { name: string; sql: string | null }[] = await db
    .knex('sqlite_master')
    .select('name', 'sql')
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
    messageId: '1@test.example',
    attachments: [{ part: '2', filename: 'a.pdf', type: 'application/pdf', previewHref: '/x' }],
  },
  rows: [
    {
      uid: 1,
      messageId: '1@test.example',
      subject: 'Réunion',
      from: [{ name: 'Paul', mail: 'paul@test.example' }],
      date: '2026-01-15T09:00:00.000Z',
      keywords: ['$Work'],
    },
  ],
  addresses: [{ name: 'Paul', mail: 'paul@test.example' }],
  draft: { id: 'd1', mode: 'new', subject: '', attachmentCount: 0 },
  section: { id: 'display' },
  status: 500,
};
