import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { renderHookReference, renderSlotReference } from '../host/docs';
import {
  type ReadSource,
  renderContextReference,
  renderRouteReference,
  renderServiceReference,
} from '../host/docs-context';
import { readPayloads } from '../host/docs-payloads';
import { CORE_HOOKS } from '../host/hook-tables';
import { generatedDocs } from './generated-docs';

const definitions = () =>
  new Map(
    Object.entries(CORE_HOOKS).map(
      ([name, definition]) => [name, { ...definition, owner: 'core' }] as const,
    ),
  );

/** `docs/plugins/reference-*.md`: path → text. */
export const pluginReference = (root: string): Readonly<Record<string, string>> => ({
  ...sourceReference((file) => readFileSync(path.join(root, file), 'utf8')),
  [path.join('docs', 'plugins', 'reference-hooks.md')]: renderHookReference(
    definitions(),
    readPayloads((file) => readIfThere(path.join(root, file))),
  ),
  [path.join('docs', 'plugins', 'reference-slots.md')]: renderSlotReference(),
});

/** A folder's types are in `x.ts` or `x/index.ts`: the one that is not there is no error. */
function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** What comes from comments: the types say what a call is, the comments what it means. */
const sourceReference = (read: ReadSource): Readonly<Record<string, string>> => ({
  [path.join('docs', 'plugins', 'reference-context.md')]: renderContextReference(read),
  [path.join('docs', 'plugins', 'reference-routes.md')]: renderRouteReference(read),
  [path.join('docs', 'plugins', 'reference-services.md')]: renderServiceReference(read),
});

export const docsPlugins = generatedDocs({
  name: 'docs:plugins',
  what: 'the reference of hooks, slots, services, routes and the context',
  make: pluginReference,
});
