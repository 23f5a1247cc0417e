import fs from 'node:fs';
import path from 'node:path';
import type { SiteId } from '../src/base/types';
import { hookNameProblem } from '../src/kernel/hook-names';
import {
  type Collect,
  type DeepReadonly,
  defineHooks,
  type Filter,
  type Guard,
  type HandlerFor,
  type HookDefinition,
  type HookEmitter,
  type HookRegistry,
} from '../src/kernel/hook-types';

/**
 * Types are checked by `npm run check` (tsc compiles this file): a line marked `@ts-expect-error`
 * that compiles is an error there. Here run the same rules over the hook tables of every folder.
 */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(value?: T) => value;

declare global {
  namespace Estafette {
    interface HookMap {
      'sample:text': Filter<{ words: string[] }, { lang: string }>;
      'sample:saving': Guard<{ size: number }>;
      'sample:entries': Collect<{ limit: number }, { id: string }>;
    }
  }
}

/** Never called: the compiler is the test. */
async function usesTheTypes(hooks: HookEmitter & HookRegistry, site: SiteId): Promise<void> {
  const scope = { site };
  const text = await hooks.filter(scope, 'sample:text', { words: [] }, { lang: 'fr' });
  holds<Equal<typeof text, { words: string[] }>>();
  const items = await hooks.collect(scope, 'sample:entries', { limit: 1 });
  holds<Equal<(typeof items)[number]['item'], { id: string }>>();

  // @ts-expect-error a hook that does not exist
  await hooks.filter(scope, 'sample:absent', 1, {});
  // @ts-expect-error a hook of another kind
  await hooks.filter(scope, 'sample:saving', { size: 1 }, {});
  // @ts-expect-error a wrong payload
  await hooks.guard(scope, 'sample:saving', { size: 'large' });
  // @ts-expect-error a context that lacks a field
  await hooks.filter(scope, 'sample:text', { words: [] }, {});

  hooks.on('plugin', 'sample:text', (value, { lang }) => ({ words: [...value.words, lang] }));
  hooks.on('plugin', 'sample:saving', async () => ({ deny: true, code: 'no' }));
  // @ts-expect-error handlers may not write to what they are given
  hooks.on('plugin', 'sample:text', (value) => void value.words.push('x'));
  // @ts-expect-error a guard answers a denial or nothing
  hooks.on('plugin', 'sample:saving', () => false);
  // @ts-expect-error a wrong item
  hooks.on('plugin', 'sample:entries', () => [{ id: 1 }]);
  // @ts-expect-error a table whose kind is not the one of the map
  defineHooks({ 'sample:text': { kind: 'guard', doc: '' } });
}

it('keeps what the type checker holds of hooks and handlers', () => {
  expect(usesTheTypes).toBeDefined();
  holds<
    Equal<
      DeepReadonly<{ a: string[]; at: Date }>,
      { readonly a: readonly string[]; readonly at: Date }
    >
  >();
  holds<Equal<ReturnType<HandlerFor<Guard<string>>> extends unknown ? true : false, true>>();
});

describe('the hook tables of the core', () => {
  const source = path.resolve(__dirname, '../src');
  const files = fs
    .readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'kernel')
    .map((entry) => path.join(source, entry.name, 'hooks.ts'))
    .filter((file) => fs.existsSync(file));
  const tables = files.flatMap((file) =>
    Object.entries<unknown>(require(file) as Record<string, unknown>)
      .filter(([name, value]) => name.endsWith('Hooks') && typeof value === 'object')
      .map(([, value]) => value as Record<string, HookDefinition>),
  );
  const hooks = tables.flatMap((table) => Object.entries(table));

  it('name each hook by the grammar of its kind, and describe it', () => {
    const problems = hooks
      .map(([name, { kind, doc }]) => [name, doc ? hookNameProblem(name, kind) : 'no doc'])
      .filter(([, problem]) => problem !== undefined);

    expect(problems).toEqual([]);
  });

  it('define each hook once', () => {
    const names = hooks.map(([name]) => name);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

it.each([
  ['message:sending', 'guard'],
  ['calendar:event-saving', 'guard'],
  ['message:sent', 'action'],
  ['contact:suggestions', 'collect'],
  ['imap:options', 'filter'],
] as const)('takes %s as a %s', (name, kind) => {
  expect(hookNameProblem(name, kind)).toBeUndefined();
});

it.each([
  ['message:send', 'guard'],
  ['message:sending', 'action'],
  ['message:sending', 'filter'],
  ['contact:suggestion', 'collect'],
  ['Message:sent', 'action'],
  ['message:sentTo', 'action'],
  ['message_sent', 'action'],
  ['sent', 'action'],
  ['a:b:c', 'action'],
  ['message:', 'filter'],
  ['__proto__', 'filter'],
] as const)('refuses %s as a %s', (name, kind) => {
  expect(hookNameProblem(name, kind)).toEqual(expect.any(String));
});
