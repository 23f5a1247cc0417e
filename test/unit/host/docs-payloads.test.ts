import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { renderHookReference } from '../../../src/host/docs';
import { renderRouteReference } from '../../../src/host/docs-context';
import { readPayloads } from '../../../src/host/docs-payloads';
import { findType, typesNamedIn } from '../../../src/host/docs-types';
import { CORE_HOOKS } from '../../../src/host/hook-tables';

const ROOT = path.resolve(__dirname, '..', '..', '..');
const find = (file: string): string | undefined =>
  existsSync(path.join(ROOT, file)) ? readFileSync(path.join(ROOT, file), 'utf8') : undefined;

describe('what hooks carry', () => {
  const payloads = readPayloads(find);

  it('is told of every hook of the core', () => {
    expect([...payloads.entries.keys()].sort()).toEqual(Object.keys(CORE_HOOKS).sort());
  });

  it('is enough to write a handler from', () => {
    const named = payloads.types.map(({ name }) => name);

    expect(payloads.entries.get('message:list')).toContain('readonly Row[]');
    expect(payloads.entries.get('message:read')).toContain('readonly ref: MessageRef');
    expect(named).toEqual(expect.arrayContaining(['Row', 'MessageRef', 'Denial', 'HandlerScope']));
    expect(named).toEqual([...new Set(named)]);
    expect(named).not.toContain('Filter');
  });

  it('stands under the table of its area, and its types at the end', () => {
    const definitions = new Map(
      Object.entries(CORE_HOOKS).map(([name, hook]) => [name, { ...hook, owner: 'core' }] as const),
    );
    const text = renderHookReference(definitions, payloads);

    expect(text).toMatch(/## message\n[\s\S]*```ts\n[\s\S]*'message:read': Action<[^\n]*\n/);
    expect(text.indexOf('interface Row {')).toBeGreaterThan(text.indexOf('## Types'));
  });
});

describe('types of a source', () => {
  const files: Readonly<Record<string, string>> = {
    'a/one.ts': `import type { Two } from '../b';\nexport interface One { readonly two: Two }\n`,
    'b/index.ts': `export type { Two } from './two';\n`,
    'b/two.ts': `/** Either; both. */\nexport type Two =\n  | { readonly a: string; readonly b: 'Three' }\n  | One;\nexport type Three = 3;\n`,
  };
  const read = (file: string): string | undefined => files[file];

  it('are found where a file takes them from, whole, with their comment', () => {
    expect(findType(read, 'a/one.ts', 'Two')).toEqual({
      name: 'Two',
      file: 'b/two.ts',
      text: `/** Either; both. */\ntype Two =\n  | { readonly a: string; readonly b: 'Three' }\n  | One;`,
    });
    expect(findType(read, 'a/one.ts', 'Knex')).toBeUndefined();
  });

  it('are followed to those that they name, not to words in texts', () => {
    const names = typesNamedIn(read, 'a/one.ts', 'readonly One[]').map(({ name }) => name);

    expect(names).toEqual(['One', 'Two']);
  });
});

it('tells what routes are given, may say and may answer', () => {
  const text = renderRouteReference((file) => find(file) ?? '');

  for (const word of ['public?: boolean', 'permission?:', 'challenge?:', 'satisfy(', 'redirect'])
    expect(text).toContain(word);
  expect(text).toContain("permission: 'admin.access'");
});
