import { entriesOf, type NamedType, typesNamedIn } from './docs-types';

/** Where `Estafette.HookMap` is told what each hook of the core carries. */
const FILES: readonly string[] = [
  'src/audit/hooks.ts',
  'src/compose/hooks.ts',
  'src/directory/contact-hooks.ts',
  'src/directory/hooks.ts',
  'src/kernel/platform-hooks.ts',
  'src/mail/hooks.ts',
  'src/session/hooks.ts',
  'src/settings/hooks.ts',
  'src/view/hooks.ts',
];
const KINDS = 'src/kernel/hook-types.ts';
/** What handlers are given, or answer, whatever the hook. */
const COMMON: readonly string[] = ['HandlerScope', 'Denial'];

export interface Payloads {
  /** Hook name → its line of `HookMap`, as written. */
  readonly entries: ReadonlyMap<string, string>;
  /** Every type that the entries name, and those that these name. */
  readonly types: readonly NamedType[];
}

/** Reads what hooks carry from the types beside the code that emits them. */
export function readPayloads(find: (file: string) => string | undefined): Payloads {
  const maps = FILES.map((file) => ({ file, entries: entriesOf(find(file) ?? '', 'HookMap') }));
  const types = [
    ...maps.flatMap(({ file, entries }) => typesNamedIn(find, file, [...entries.values()].join())),
    ...typesNamedIn(find, KINDS, COMMON.join()),
  ];
  // The kinds themselves are told in the table at the top.
  const told = new Map(
    types
      .filter(({ file, text }) => file !== KINDS || !/\bkind: '/.test(text))
      .map((type) => [type.name, type]),
  );
  return {
    entries: new Map(maps.flatMap(({ entries }) => [...entries])),
    types: [...told.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
