import { z } from 'zod';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { AuditDetails } from './hooks';

/** What a caller says; the log adds the number and the time. */
export interface NewAuditEntry {
  readonly site: SiteId | '*';
  readonly actor?: string | undefined;
  readonly event: string;
  readonly target?: string | undefined;
  readonly remote?: string | undefined;
  readonly details?: AuditDetails;
}

// A code, its subject and a few figures: longer values would be content.
const DETAILS_MAX = 20;
const DETAIL_CHARS = 256;
const CONTROL = /\p{Cc}/u;
const line = (maxChars: number) =>
  z
    .string()
    .min(1)
    .max(maxChars)
    .refine((text) => !CONTROL.test(text), 'expected one line');

const WORD = /^[a-z][a-z0-9-]{0,62}$/;
const EVENT = /^[a-z][a-z0-9-]{0,62}:[a-z][a-z0-9-]{0,62}$/;
const detail = z.union([z.string().max(DETAIL_CHARS), z.number(), z.boolean(), z.null()]);

const entryShape = z.strictObject({
  site: z.union([z.literal('*'), line(64)]),
  actor: line(256).optional(),
  event: z.string().regex(EVENT),
  target: line(256).optional(),
  remote: line(64).optional(),
  details: z
    .record(z.string().regex(/^[a-z][a-zA-Z0-9]{0,63}$/), detail)
    .refine((value) => Object.keys(value).length <= DETAILS_MAX)
    .default({}),
});

/** Checks an entry; a wrong one is the mistake of its author: `internal/unexpected`. */
export function checkEntry(entry: NewAuditEntry): NewAuditEntry & { details: AuditDetails } {
  const parsed = entryShape.safeParse(entry);
  if (parsed.success) return { ...entry, details: parsed.data.details };
  // Paths only: a refused value may be the content that has no place here.
  const fields = parsed.error.issues.map(({ path }) => path.map(String).join('.'));
  throw new AppError('internal/unexpected', { details: { problem: 'audit-entry', fields } });
}

/** Areas that the core writes: a plugin of that name must not be taken for it. */
const CORE_AREAS: ReadonlySet<string> = new Set([
  'account',
  'app-password',
  'audit',
  'config',
  'core',
  'plugin',
  'security',
  'session',
  'sign-in',
  'user',
]);

/** The event of a plugin: `calendar` and `shared` make `calendar:shared`. */
export function pluginEvent(plugin: string, word: string): string {
  const area = CORE_AREAS.has(plugin) ? `plugin-${plugin}` : plugin;
  if (WORD.test(word)) return `${area}:${word}`;
  throw new AppError('internal/unexpected', { details: { problem: 'audit-event', plugin } });
}
