import { z } from 'zod';
import { AppError } from '../../base/errors';
import { newToken } from '../../base/ids';
import type { Owner } from '../context';
import type { Executor } from '../rows';

/** A text that an agent keeps to start messages from. */
export interface TemplateFields {
  readonly name: string;
  /** Put where the message has none; `''`: nothing. */
  readonly subject: string;
  readonly text: string;
  /** Sanitised; `''` for a plain text. */
  readonly html: string;
}

export interface StoredTemplate extends TemplateFields {
  readonly id: string;
}

export const TEMPLATE_LIMITS = {
  count: 100,
  name: 100,
  subject: 500,
  text: 50_000,
  html: 100_000,
} as const;

export type TemplateProblem = 'many' | 'empty' | 'long' | 'twice';

const problem = (what: TemplateProblem): AppError =>
  new AppError('template/invalid', { details: { problem: what } });

const row = z.object({
  id: z.string(),
  name: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
}) satisfies z.ZodType<StoredTemplate>;

const of = ({ user, site }: Owner) => ({ user_id: user, site });

/** The agent's templates, by name. */
export async function storedTemplates(
  on: Executor,
  owner: Owner,
): Promise<readonly StoredTemplate[]> {
  const found = await on('templates').where(of(owner)).limit(TEMPLATE_LIMITS.count).select();
  return z
    .array(row)
    .parse(found)
    .sort((one, other) => one.name.localeCompare(other.name, 'fr'));
}

/** Names and descriptions alone, for every page of the composer. */
export async function templateNames(
  on: Executor,
  owner: Owner,
): Promise<readonly Pick<StoredTemplate, 'id' | 'name'>[]> {
  const found = await on('templates')
    .where(of(owner))
    .limit(TEMPLATE_LIMITS.count)
    .select('id', 'name');
  return z
    .array(row.pick({ id: true, name: true }))
    .parse(found)
    .sort((one, other) => one.name.localeCompare(other.name, 'fr'));
}

export async function storedTemplate(
  on: Executor,
  owner: Owner,
  id: string,
): Promise<StoredTemplate | undefined> {
  const found: unknown = await on('templates')
    .where({ ...of(owner), id })
    .first();
  return found === undefined ? undefined : row.parse(found);
}

/** Makes one, or changes the one of that id; false when it is not there. Throws `template/invalid`. */
export async function storeTemplate(
  on: Executor,
  owner: Owner,
  given: TemplateFields,
  id: string | undefined,
): Promise<boolean> {
  const fields = { ...given, name: given.name.trim(), subject: given.subject.trim() };
  if (fields.name === '' || (fields.text.trim() === '' && fields.html === '')) {
    throw problem('empty');
  }
  for (const name of ['name', 'subject', 'text', 'html'] as const) {
    if (fields[name].length > TEMPLATE_LIMITS[name]) throw problem('long');
  }
  const known = await templateNames(on, owner);
  const isTwin = (one: { id: string; name: string }): boolean =>
    one.id !== id && one.name.toLowerCase() === fields.name.toLowerCase();
  if (known.some(isTwin)) throw problem('twice');
  if (id !== undefined) {
    return (
      (await on('templates')
        .where({ ...of(owner), id })
        .update(fields)) > 0
    );
  }
  if (known.length >= TEMPLATE_LIMITS.count) throw problem('many');
  await on('templates').insert({ id: newToken(16), ...of(owner), ...fields });
  return true;
}

/** False when it is not there. */
export const removeTemplate = async (on: Executor, owner: Owner, id: string): Promise<boolean> =>
  (await on('templates')
    .where({ ...of(owner), id })
    .delete()) > 0;
