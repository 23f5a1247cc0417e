import type { HookDefinition } from '../kernel/hook-types';
import { KIND_TIMEOUT_MS } from '../kernel/isolate';
import { SLOTS, type SlotPlace } from '../view';
import { AWAITED_HOOKS } from './awaited-hooks';
import { cell } from './docs-source';

type Definitions = ReadonlyMap<string, HookDefinition & { readonly owner: string }>;

const KINDS: Readonly<Record<HookDefinition['kind'], string>> = {
  filter: 'hands one value from handler to handler; `undefined` leaves it as it is',
  action: 'tells that something has happened',
  first: 'asks in order until somebody answers',
  collect: 'asks everybody and gathers the items',
  guard: 'asks whether something may happen; a denial stops it',
};

/** `docs/plugins/reference-hooks.md`: every hook, by area. Pure: the same table, the same text. */
export function renderHookReference(definitions: Definitions): string {
  const names = [...definitions.keys()].sort();
  const areas = [...new Set(names.map(areaOf))];
  return [
    '# Hooks',
    '',
    'Generated from the tables beside the code that emits the hooks. Payload types: `Estafette.HookMap`, which editors show in `context.hooks.on(…)`.',
    '',
    '| kind | what an emit does | time of a handler |',
    '|---|---|---|',
    ...Object.entries(KINDS).map(
      ([kind, what]) => `| ${kind} | ${what} | ${timeOf(timeoutOf(kind))} |`,
    ),
    '',
    '*Open*: a handler that fails, or is late, is left out. *Closed*: the operation is refused, since an authority that cannot answer has not agreed.',
    '',
    ...areas.flatMap((area) => areaTable(area, names, definitions)),
    '## Not emitted yet',
    '',
    'Names that are kept for hooks without an occasion in the product as it is; handling one is refused until the code that emits it declares it.',
    '',
    '| hook | waits for |',
    '|---|---|',
    ...Object.entries(AWAITED_HOOKS).map(([name, what]) => `| \`${name}\` | ${what} |`),
    '',
  ].join('\n');
}

function areaTable(area: string, names: readonly string[], definitions: Definitions): string[] {
  const rows = names
    .filter((name) => areaOf(name) === area)
    .flatMap((name) => {
      const definition = definitions.get(name);
      return definition ? [hookRow(name, definition)] : [];
    });
  return [
    `## ${area}`,
    '',
    '| hook | kind | fails | time | what it is |',
    '|---|---|---|---|---|',
    ...rows,
    '',
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
