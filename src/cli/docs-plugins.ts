import path from 'node:path';
import { composeHooks } from '../compose';
import { renderHookReference, renderSlotReference } from '../host/docs';
import type { HookDefinition } from '../kernel/hook-types';
import { mailHooks } from '../mail';
import { sessionHooks } from '../session';
import { generatedDocs } from './generated-docs';

const TABLES: readonly Readonly<Record<string, HookDefinition>>[] = [
  sessionHooks,
  mailHooks,
  composeHooks,
];

const definitions = () =>
  new Map(
    TABLES.flatMap((table) => Object.entries(table)).map(
      ([name, definition]) => [name, { ...definition, owner: 'core' }] as const,
    ),
  );

/** `docs/plugins/reference-*.md`: path → text. */
export const hookAndSlotReference = (): Readonly<Record<string, string>> => ({
  [path.join('docs', 'plugins', 'reference-hooks.md')]: renderHookReference(definitions()),
  [path.join('docs', 'plugins', 'reference-slots.md')]: renderSlotReference(),
});

export const docsPlugins = generatedDocs({
  name: 'docs:plugins',
  what: 'the reference of hooks and slots',
  make: hookAndSlotReference,
});
