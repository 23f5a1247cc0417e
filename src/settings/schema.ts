import { z } from 'zod';
import { assertNever } from '../base/types';
import type { SectionValues, SettingField, SettingSection } from './section';

const MAX_TEXT_CHARS = 200;
const MAX_TEXTAREA_CHARS = 4_000;
// Control characters but tab and line feed: nothing of it can be typed on purpose.
const CONTROL = /(?![\t\n])\p{Cc}/u;

/** The zod type of a stored value. */
export function fieldSchema(field: SettingField): z.ZodType<string | boolean> {
  switch (field.kind) {
    case 'choice':
      return z.enum(field.options.map(({ value }) => value));
    case 'switch':
      return z.boolean();
    case 'text':
      return textSchema(field.maxLength ?? MAX_TEXT_CHARS).refine((text) => !/[\t\n]/.test(text));
    case 'textarea':
      return textSchema(field.maxLength ?? MAX_TEXTAREA_CHARS);
    default:
      return assertNever(field);
  }
}

const textSchema = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .refine((text) => !CONTROL.test(text));

/** Stored values completed by the defaults; a stored value that no longer fits is its default. */
export function resolveSettings<S extends SettingSection>(
  section: S,
  stored: Readonly<Record<string, unknown>>,
  prefix = '',
): SectionValues<S> {
  const values = section.fields.map((field) => {
    const key = `${prefix}${field.key}`;
    // Most fields are at their default, and this runs for every request.
    if (!Object.hasOwn(stored, key)) return [field.key, field.default];
    const parsed = fieldSchema(field).safeParse(stored[key]);
    return [field.key, parsed.success ? parsed.data : field.default];
  });
  return Object.fromEntries(values) as SectionValues<S>; // each value was parsed by its own schema
}

export type SectionForm =
  | { readonly ok: true; readonly values: Readonly<Record<string, string | boolean>> }
  /** Keys of the fields that were refused. */
  | { readonly ok: false; readonly invalid: readonly string[] };

/**
 * What a posted form says about a section. An absent switch is off, as browsers send it; other
 * absent fields are left out. `locked` keys are ignored: the site decides those.
 */
export function parseSectionForm(
  section: SettingSection,
  form: Readonly<Record<string, unknown>>,
  {
    prefix = '',
    locked = [],
  }: { readonly prefix?: string; readonly locked?: readonly string[] } = {},
): SectionForm {
  const values: [string, string | boolean][] = [];
  const invalid: string[] = [];
  for (const field of section.fields) {
    if (locked.includes(field.key)) continue;
    const posted = formValue(field, Object.hasOwn(form, field.key) ? form[field.key] : undefined);
    if (posted === undefined) continue;
    const parsed = fieldSchema(field).safeParse(posted);
    if (parsed.success) values.push([`${prefix}${field.key}`, parsed.data]);
    else invalid.push(field.key);
  }
  return invalid.length > 0
    ? { ok: false, invalid }
    : { ok: true, values: Object.fromEntries(values) };
}

function formValue(field: SettingField, posted: unknown): unknown {
  if (field.kind === 'switch') return ['on', 'true', '1'].includes(String(posted));
  // Browsers send line breaks as CRLF (HTML 4.10.21.8).
  return typeof posted === 'string' ? posted.replaceAll('\r\n', '\n') : posted;
}
