import { z } from 'zod';
import type { Result } from '../base/result';
import { err, ok } from '../base/result';
import { SLOTS } from '../view';
import { API_VERSION, type PluginDefinition } from './define';

const PLUGIN_ID = /^[a-z][a-z0-9-]{0,39}$/;

/** First segments of core URLs: a plugin may not be called so (architecture.md 7). */
const RESERVED = new Set(
  'login logout mail compose settings search autocomplete events health metrics admin assets image link core challenge'.split(
    ' ',
  ),
);
const NEED =
  /^(db|mail\.read|mail\.write|mail\.send|directory|http:https?:\/\/[a-z0-9.-]+(:\d+)?)$/;

const fn = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
);
const textKey = z.string().min(1);

const shape = z.looseObject({
  id: z.string().regex(PLUGIN_ID, 'expected [a-z][a-z0-9-]*'),
  api: z.string(),
  title: textKey,
  requires: z.array(z.string()).optional(),
  after: z.array(z.string()).optional(),
  onBootFailure: z.enum(['continue', 'abort']).optional(),
  needs: z.array(z.string().regex(NEED, 'unknown capability')).optional(),
  secrets: z.array(z.string()).optional(),
  csp: z.record(z.string(), z.array(z.string())).optional(),
  activate: fn.optional(),
  deactivate: fn.optional(),
  contributes: z
    .strictObject({
      permissions: z.record(z.string(), textKey).optional(),
      routes: fn.optional(),
      taskbar: z
        .strictObject({
          id: z.string(),
          icon: z.string(),
          label: textKey,
          href: z.string().startsWith('/'),
          order: z.number().optional(),
        })
        .optional(),
      slots: z
        .array(
          z.looseObject({
            slot: z.enum(Object.keys(SLOTS) as [string, ...string[]]),
            view: z.string(),
          }),
        )
        .optional(),
      settings: z
        .array(
          z.strictObject({
            id: z.string().regex(/^[a-z][a-z0-9-]*$/),
            labelKey: textKey,
            fields: z.array(
              z.looseObject({ key: z.string().regex(/^[a-z][A-Za-z0-9]*$/), labelKey: textKey }),
            ),
          }),
        )
        .optional(),
      assets: z
        .strictObject({
          styles: z.array(z.string()).optional(),
          scripts: z.array(z.string()).optional(),
          on: z.array(z.string()),
        })
        .optional(),
      jobs: z
        .array(
          z.looseObject({ id: z.string(), every: z.string(), timeoutS: z.number().positive() }),
        )
        .optional(),
      commands: z.array(z.looseObject({ name: z.string(), run: fn })).optional(),
      health: z.array(z.looseObject({ id: z.string(), run: fn })).optional(),
      challenges: z
        .array(z.strictObject({ id: z.string(), label: textKey, path: z.string().startsWith('/') }))
        .optional(),
    })
    .optional(),
});

/** `^1.0` against our version: same major, minor not above ours. */
export function apiAccepts(range: string): boolean {
  const wanted = /^\^?(\d+)(?:\.(\d+))?/.exec(range);
  const [major, minor] = API_VERSION.split('.').map(Number);
  return wanted !== null && Number(wanted[1]) === major && Number(wanted[2] ?? 0) <= (minor ?? 0);
}

/** Checks what a plugin module exports; the error says what is wrong and where. */
export function parseManifest(exported: unknown, folder: string): Result<PluginDefinition, string> {
  const parsed = shape.safeParse(exported);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') ?? '';
    return err(`${where === '' ? 'default export' : where}: ${issue?.message ?? 'invalid'}`);
  }
  const { id, api } = parsed.data;
  if (id !== folder) return err(`id: expected "${folder}" (its folder), found "${id}"`);
  if (RESERVED.has(id)) return err(`id: "${id}" is a path of the core`);
  if (!apiAccepts(api)) return err(`api: "${api}" does not accept version ${API_VERSION}`);
  return ok(exported as PluginDefinition);
}
