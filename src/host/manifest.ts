import { z } from 'zod';
import type { Result } from '../base/result';
import { err, ok } from '../base/result';
import { describeFound } from '../kernel/config-check';
import { deepFreeze } from '../kernel/freeze';
import { hookNameProblem } from '../kernel/hook-names';
import type { HookKind } from '../kernel/hook-types';
import { CORE_SECTIONS, fieldSchema } from '../settings';
import { SLOTS, WIDENABLE_CSP } from '../view';
import { API_VERSION, type PluginDefinition, type PluginSettingField } from './define';
import { joinFaults, manifestFaults } from './manifest-faults';
import { needProblem } from './needs';
import { SECRET_NAME } from './plugin-secrets';

const PLUGIN_ID = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Names with a meaning of their own: first segments of core URLs (architecture.md 7), scopes of
 * settings, the base skin. A plugin may not be called so.
 */
const RESERVED = new Set(
  'login logout mail compose settings search autocomplete events health metrics admin assets image link core challenge trust base help home stream partials order packages grants origins dav'.split(
    ' ',
  ),
);

/** Why a plugin cannot be called so, as an operator reads it; `undefined` when it can. */
export function pluginIdProblem(id: string): string | undefined {
  if (!PLUGIN_ID.test(id)) {
    return `"${id}" is no id: lower-case letters, digits and dashes, a letter first, 40 at most`;
  }
  if (RESERVED.has(id) || CORE_SECTIONS.some((section) => section.id === id)) {
    return `"${id}" is a name of the core`;
  }
  return undefined;
}

/** Below `views/`: what the renderer looks up. */
const VIEW = /^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/;
/** Below `assets/`, no dots at the start of a segment. */
const ASSET = /^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)*$/i;
/** One source: a `;` or a space would start another directive or another source. */
const CSP_SOURCE =
  /^(?:(?:https|wss):\/\/[a-z0-9*][a-z0-9.-]*(?::\d+)?(?:\/[\w./-]*)?|data:|blob:)$/;

const fn = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
);
const textKey = z.string().min(1);
const segment = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a segment of a path');
const word = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected [a-z][a-z0-9-]*');

const slot = z.strictObject({
  slot: z.enum(Object.keys(SLOTS)),
  view: z.string().regex(VIEW, 'expected the name of a view'),
  id: word.optional(),
  when: fn.optional(),
  data: fn.optional(),
  order: z.number().optional(),
  timeoutMs: z.number().positive().max(1_000).optional(),
  cacheS: z.number().int().min(1).max(3_600).optional(),
  onFailure: z.enum(['hide', 'say']).optional(),
});

const fieldBase = {
  key: z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'expected [a-z][A-Za-z0-9]*'),
  labelKey: textKey,
  helpKey: textKey.optional(),
  defaultFrom: z.string().min(1).optional(),
};
const field = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...fieldBase,
      kind: z.literal('choice'),
      options: z.array(z.strictObject({ value: z.string(), labelKey: textKey })).min(1),
      default: z.string(),
    }),
    z.strictObject({ ...fieldBase, kind: z.literal('switch'), default: z.boolean() }),
    z.strictObject({
      ...fieldBase,
      kind: z.enum(['text', 'textarea']),
      default: z.string(),
      maxLength: z.int().positive().optional(),
    }),
  ])
  .refine((value) => fieldSchema(value as PluginSettingField).safeParse(value.default).success, {
    error: 'the default does not fit the field',
  });

const taskbar = z.strictObject({
  id: word,
  icon: z.string(),
  label: textKey,
  href: z.string().startsWith('/'),
  order: z.number().optional(),
});
const asset = z.string().regex(ASSET, 'expected a file of assets/');

/** What `defineHooks` checks for the core's own tables. */
const hookShape = z.strictObject({
  kind: z.enum(['filter', 'action', 'first', 'collect', 'guard']),
  doc: z.string().min(1),
  check: fn.optional(),
  timeoutMs: z.number().positive().max(10_000).optional(),
  awaited: z.boolean().optional(),
  advisory: z.boolean().optional(),
  failClosed: z.boolean().optional(),
});

const assets = z.strictObject({
  styles: z.array(asset).optional(),
  scripts: z.array(asset).optional(),
  on: z.array(z.string()),
});

const contributes = z.strictObject({
  hooks: z.record(z.string(), hookShape).optional(),
  permissions: z.record(z.string(), textKey).optional(),
  routes: fn.optional(),
  dav: z
    .strictObject({
      wellKnown: z.enum(['carddav', 'caldav']),
      schedule: z.strictObject({ inbox: segment, outbox: segment }).optional(),
      load: fn,
    })
    .optional(),
  taskbar: taskbar.optional(),
  admin: z.strictObject({ label: textKey, href: z.string().startsWith('/') }).optional(),
  slots: z.array(slot).optional(),
  settings: z
    .array(z.strictObject({ id: word, labelKey: textKey, fields: z.array(field) }))
    .optional(),
  assets: z.union([assets, z.array(assets)]).optional(),
  jobs: z
    .array(
      z.strictObject({
        id: word,
        every: z.string(),
        perSite: z.boolean().optional(),
        timeoutS: z.number().positive(),
        run: fn,
      }),
    )
    .optional(),
  commands: z.array(z.strictObject({ name: z.string(), summary: z.string(), run: fn })).optional(),
  signIn: z
    .strictObject({
      offered: fn.optional(),
      methods: fn,
      begin: fn,
      finish: fn,
      leave: fn.optional(),
      notice: fn.optional(),
      check: fn.optional(),
      refresh: fn.optional(),
    })
    .optional(),
  challenges: z
    .array(z.strictObject({ id: word, label: textKey, path: z.string().startsWith('/') }))
    .optional(),
});

const need = z.string().superRefine((value, context) => {
  const message = needProblem(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const head = z.looseObject({
  id: z.string(),
  api: z.string(),
});
const shape = z.strictObject({
  id: z.string(),
  api: z.string(),
  // Semantic Versioning 2.0.0, without its exact rules on zeros.
  version: z
    .string()
    .max(60)
    .regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/, 'expected a version as 1.2.3')
    .optional(),
  title: textKey,
  summary: textKey.optional(),
  requires: z.array(z.string()).optional(),
  after: z.array(z.string()).optional(),
  provides: z.array(word).optional(),
  onBootFailure: z.enum(['continue', 'abort']).optional(),
  needs: z.array(need).optional(),
  config: z
    .custom((value) => value instanceof Object && '_zod' in value, 'expected a schema of z')
    .optional(),
  check: fn.optional(),
  secrets: z.array(z.string().regex(SECRET_NAME, 'expected a name')).optional(),
  csp: z
    .partialRecord(
      z.enum(WIDENABLE_CSP),
      z.array(z.string().regex(CSP_SOURCE, 'expected one https, wss, data: or blob: source')),
    )
    .optional(),
  contributes: contributes.optional(),
  activate: fn.optional(),
  deactivate: fn.optional(),
});

/** `^1.0` against our version: same major, minor not above ours. */
export function apiAccepts(range: string): boolean {
  const wanted = /^\^?(\d+)(?:\.(\d+))?(?:\.\d+)?$/.exec(range);
  const [major, minor] = API_VERSION.split('.').map(Number);
  return wanted !== null && Number(wanted[1]) === major && Number(wanted[2] ?? 0) <= (minor ?? 0);
}

/** Checks what a plugin module exports; the error says what is wrong and where, all of it. */
export function parseManifest(exported: unknown, folder: string): Result<PluginDefinition, string> {
  const name = pluginIdProblem(folder);
  if (name !== undefined) return err(`folder: ${name}`);
  const start = head.safeParse(hasMembers(exported) ? exported : undefined);
  if (!start.success) return err(joinFaults(headFaults(start.error, exported)));
  const { id, api } = start.data;
  if (id !== folder) return err(`id: expected "${folder}" (its folder), found "${id}"`);
  // Before the rest: a plugin made for another version may well have another shape.
  if (!apiAccepts(api)) return err(`api: "${api}" does not accept version ${API_VERSION}`);
  const parsed = shape.safeParse(exported);
  if (!parsed.success) return err(joinFaults(manifestFaults(parsed.error, exported)));
  // A copy: what is checked here is what the host goes by, whatever the module does to it later.
  const definition = deepFreeze(parsed.data) as PluginDefinition; // by the shape
  const problems = ownNamesProblems(definition);
  return problems.length === 0 ? ok(definition) : err(joinFaults(problems));
}

/** A module without a default export is an empty object. */
const hasMembers = (exported: unknown): boolean =>
  typeof exported === 'object' && exported !== null && Object.keys(exported).length > 0;

function headFaults(error: z.ZodError, exported: unknown): readonly string[] {
  if (hasMembers(exported)) return manifestFaults(error, exported);
  const isEmpty = typeof exported === 'object' && exported !== null;
  const found = isEmpty ? 'nothing' : describeFound(exported);
  return [`default export: expected what definePlugin gives, found ${found}`];
}

/** Names that must carry the plugin's own, and names said twice. */
function ownNamesProblems({ id, contributes: own }: PluginDefinition): readonly string[] {
  const commands = own?.commands?.map(({ name }) => name) ?? [];
  const permissions = Object.keys(own?.permissions ?? {});
  const { href } = own?.admin ?? {};
  const isForeignPage = href !== undefined && href !== `/${id}` && !href.startsWith(`/${id}/`);
  return [
    ...Object.entries(own?.hooks ?? {}).flatMap(([name, { kind }]) => hookProblem(id, name, kind)),
    ...foreignNames('commands', commands, id, ':'),
    ...foreignNames('permissions', permissions, id, '.'),
    ...(isForeignPage
      ? [`contributes.admin.href: expected a page of "/${id}", found "${href}"`]
      : []),
    ...repeated({
      slots: own?.slots?.map(({ slot: name, id: item, view }) => `${name} ${item ?? view}`) ?? [],
      jobs: own?.jobs?.map((job) => job.id) ?? [],
      commands,
      settings: own?.settings?.map((section) => section.id) ?? [],
      // One scope for all sections of a plugin: a key said twice would be one value.
      'settings fields':
        own?.settings?.flatMap(({ fields }) => fields.map((item) => item.key)) ?? [],
    }),
  ];
}

function hookProblem(id: string, name: string, kind: HookKind): readonly string[] {
  const isOwn = name.startsWith(`${id}:`);
  const problem = isOwn ? hookNameProblem(name, kind) : `does not start with "${id}:"`;
  return problem === undefined ? [] : [`contributes.hooks: "${name}" ${problem}`];
}

const foreignNames = (
  where: string,
  names: readonly string[],
  id: string,
  separator: string,
): readonly string[] =>
  names
    .filter((name) => !isOwnName(name, id, separator))
    .map((name) => {
      const word = name.replace(/^.*[:.]/, '').replace(/[^a-zA-Z0-9-]/g, '-') || 'name';
      return `contributes.${where}: expected "${id}${separator}${word}", found "${name}"`;
    });

const repeated = (lists: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.entries(lists).flatMap(([what, names]) => {
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    return [...new Set(twice)].map((name) => `contributes.${what}: "${name}" twice`);
  });

const isOwnName = (name: string, id: string, separator: string): boolean =>
  name.startsWith(`${id}${separator}`) && /^[a-zA-Z0-9-]+$/.test(name.slice(id.length + 1));
