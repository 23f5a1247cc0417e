import type { HookDefinition } from '../kernel/hook-types';
import { KIND_TIMEOUT_MS } from '../kernel/isolate';
import { SLOTS, type SlotPlace } from '../view';
import { AWAITED_HOOKS } from './awaited-hooks';
import type { Payloads } from './docs-payloads';
import { cell } from './docs-source';

type Definitions = ReadonlyMap<string, HookDefinition & { readonly owner: string }>;

const KINDS: Readonly<Record<HookDefinition['kind'], string>> = {
  filter: 'hands one value from handler to handler; `undefined` leaves it as it is',
  action: 'tells that something has happened',
  first: 'asks in order until somebody answers',
  collect: 'asks everybody and gathers the items',
  guard: 'asks whether something may happen; a denial stops it',
};

/** What a handler of each kind is called with, and may answer; names as in `HookMap`. */
const HANDLERS: Readonly<Record<HookDefinition['kind'], string>> = {
  filter: '`Filter<V, C>`: `(value: V, context: C, scope) => V | undefined`',
  action: '`Action<E>`: `(event: E, scope) => void`',
  first: '`First<Q, A>`: `(query: Q, scope) => A | undefined`',
  collect: '`Collect<Q, I>`: `(query: Q, scope) => readonly I[] | undefined`',
  guard: '`Guard<Q>`: `(query: Q, scope) => Denial | undefined`',
};
const NO_PAYLOADS: Payloads = { entries: new Map(), types: [] };

/** `docs/plugins/reference-hooks.md`: every hook, by area. Pure: the same table, the same text. */
export function renderHookReference(
  definitions: Definitions,
  payloads: Payloads = NO_PAYLOADS,
): string {
  const names = [...definitions.keys()].sort();
  const areas = [...new Set(names.map(areaOf))];
  return [
    '# Hooks',
    '',
    'Generated from the tables beside the code that emits the hooks. Under each table, what its hooks carry, as `Estafette.HookMap` says it to the compiler and to editors; [types](#types) at the end.',
    '',
    '| kind | what an emit does | handler, which may be `async` | time of a handler |',
    '|---|---|---|---|',
    ...Object.entries(KINDS).map(
      ([kind, what]) =>
        `| ${kind} | ${what} | ${cell(handlerOf(kind))} | ${timeOf(timeoutOf(kind))} |`,
    ),
    '',
    '*Open*: a handler that fails, or is late, is left out. *Closed*: the operation is refused, since an authority that cannot answer has not agreed.',
    '',
    'An answer is looked at before it is used, with its members, lengths and characters. One that is wrong counts as a failure, and all that the handler answered this time is lost: of the items of `search:results`, one title of more than 200 characters costs the others their place.',
    '',
    'Payloads are frozen. `scope` is a `HandlerScope`: the site, and the person whose request it is, whom the payload of a hook such as `message:read` does not name again.',
    '',
    ...areas.flatMap((area) => areaTable(area, names, definitions, payloads)),
    '## Not emitted yet',
    '',
    'Names that are kept for hooks without an occasion in the product as it is; handling one is refused until the code that emits it declares it.',
    '',
    '| hook | waits for |',
    '|---|---|',
    ...Object.entries(AWAITED_HOOKS).map(([name, what]) => `| \`${name}\` | ${what} |`),
    '',
    ...typeList(payloads),
  ].join('\n');
}

function typeList({ types }: Payloads): string[] {
  if (types.length === 0) return [];
  return [
    '## Types',
    '',
    'Those that payloads name, as they are written. `Brand<string, …>` is a string at run time.',
    '',
    ...types.flatMap(({ text }) => ['```ts', text, '```', '']),
  ];
}

function areaTable(
  area: string,
  names: readonly string[],
  definitions: Definitions,
  payloads: Payloads,
): string[] {
  const own = names.filter((name) => areaOf(name) === area);
  const rows = own.flatMap((name) => {
    const definition = definitions.get(name);
    return definition ? [hookRow(name, definition)] : [];
  });
  const carried = own.flatMap((name) => payloads.entries.get(name) ?? []);
  return [
    `## ${area}`,
    '',
    '| hook | kind | fails | time | what it is |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ...(carried.length === 0 ? [] : ['```ts', ...carried, '```', '']),
  ];
}

function hookRow(name: string, definition: HookDefinition & { readonly owner: string }): string {
  const { kind, doc, timeoutMs = KIND_TIMEOUT_MS[kind], owner, awaited } = definition;
  const notes = [
    doc,
    ...(awaited ? ['The emitter waits.'] : []),
    ...(owner === 'core' ? [] : [`Of the plugin \`${owner}\`.`]),
  ];
  const cells = [`\`${name}\``, kind, failureOf(definition), timeOf(timeoutMs), notes.join(' ')];
  return `| ${cells.map(cell).join(' | ')} |`;
}

const areaOf = (name: string): string => name.split(':')[0] ?? name;
const handlerOf = (kind: string): string => HANDLERS[kind as HookDefinition['kind']];
const timeoutOf = (kind: string): number => KIND_TIMEOUT_MS[kind as HookDefinition['kind']];
const timeOf = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`);

function failureOf({ kind, advisory, failClosed }: HookDefinition): string {
  if (kind === 'guard') return advisory ? 'open' : 'closed';
  return failClosed ? 'closed' : 'open';
}

/** `docs/plugins/reference-slots.md`: every place that a plugin can fill. */
export function renderSlotReference(slots: Readonly<Record<string, SlotPlace>> = SLOTS): string {
  return [
    '# Slots',
    '',
    'Generated from the table of slots. The number after `@` is the version of what the slot offers: a slot that changes its data gets the next one. Data: `SlotFacts`, of which each page fills what it has. When the plugin fails, `say` puts a sentence in its place (“Agenda momentanément indisponible”), `hide` nothing; a contribution may choose otherwise (`onFailure`). A slot that is asked once and answered by uid or address gets all of them in its facts (`rows`, `addresses`); its `data` answers an object whose members are the models of the view, by uid or address. `cacheS` keeps what `dashboard.widgets` shows a person for so many seconds.',
    '',
    '| slot | where it stands | when it fails |',
    '|---|---|---|',
    ...Object.entries(slots).map(
      ([name, { where, onFailure, by }]) =>
        `| \`${name}\` | ${cell(where)}${by ? `; asked once, answered by ${by}` : ''} | ${onFailure} |`,
    ),
    '',
  ].join('\n');
}
