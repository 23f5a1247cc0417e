import { renderHookReference, renderSlotReference } from '../../../src/host/docs';
import type { HookDefinition } from '../../../src/kernel/hook-types';
import { SLOTS } from '../../../src/view';

const table = (
  hooks: Readonly<Record<string, HookDefinition>>,
): ReadonlyMap<string, HookDefinition & { readonly owner: string }> =>
  new Map(Object.entries(hooks).map(([name, hook]) => [name, { ...hook, owner: 'core' }]));

it('lists every hook under its area with kind, failure, time and sentence', () => {
  const text = renderHookReference(
    table({
      'message:sent': { kind: 'action', doc: 'Gone.' },
      'message:sending': { kind: 'guard', doc: 'May refuse | ask.', timeoutMs: 5_000 },
      'address:lookup': { kind: 'first', doc: 'Who.', failClosed: true },
      'message:maybe': { kind: 'guard', doc: 'Advice.', advisory: true },
    }),
  );

  expect(text).toContain('## message');
  expect(text.indexOf('## address')).toBeLessThan(text.indexOf('## message'));
  expect(text).toContain('| `message:sent` | action | open | 2 s | Gone. |');
  expect(text).toContain('| `message:sending` | guard | closed | 5 s | May refuse \\| ask. |');
  expect(text).toContain('| `address:lookup` | first | closed | 1 s | Who. |');
  expect(text).toContain('| `message:maybe` | guard | open | 500 ms | Advice. |');
});

it('names the plugin that owns a hook', () => {
  const hooks = new Map([
    ['agenda:saved', { kind: 'action', doc: 'Saved.', awaited: true, owner: 'agenda' } as const],
  ]);

  expect(renderHookReference(hooks)).toContain('Saved. The emitter waits. Of the plugin `agenda`.');
});

it('lists every slot with where it stands', () => {
  const text = renderSlotReference();

  for (const [name, { where, onFailure, by }] of Object.entries(SLOTS)) {
    const place = by ? `${where}; asked once, answered by ${by}` : where;
    expect(text).toContain(`| \`${name}\` | ${place} | ${onFailure} |`);
  }
});

it('writes the same text for the same tables', () => {
  const first = table({ 'a:b': { kind: 'action', doc: 'x' }, 'c:d': { kind: 'action', doc: 'y' } });
  const second = table({
    'c:d': { kind: 'action', doc: 'y' },
    'a:b': { kind: 'action', doc: 'x' },
  });

  expect(renderHookReference(first)).toBe(renderHookReference(second));
});
