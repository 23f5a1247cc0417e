import { z } from 'zod';
import { AppError } from '../base/errors';
import { escapeFilterValue, isAttributeName, isBelow, parseDn } from '../ldap';
import type { DirectoryFilter, DirectoryQuestion } from './types';

const LIMIT = 50;
const LIMIT_MAX = 1_000;
const CONDITIONS_MAX = 200;
const DEPTH_MAX = 10;
const VALUE_CHARS = 256;
const PIECES_MAX = 20;
const ATTRIBUTES_MAX = 60;

/** Everything, and nothing (RFC 4526): servers that have no `(&)` and `(|)` know these. */
const EVERYTHING = '(objectClass=*)';
const NOTHING = '(!(objectClass=*))';

const attribute = z.string().refine(isAttributeName, 'expected the name of an attribute');
// An empty value would make another filter of it: `(cn=*)`, which is there for everybody.
const value = z.string().min(1).max(VALUE_CHARS);
const filter: z.ZodType<DirectoryFilter> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(filter).max(CONDITIONS_MAX) }),
    z.strictObject({ any: z.array(filter).max(CONDITIONS_MAX) }),
    z.strictObject({ not: filter }),
    z.strictObject({ attribute, is: value }),
    z.strictObject({ attribute, starts: value }),
    z.strictObject({
      attribute,
      contains: z.union([value, z.array(value).min(1).max(PIECES_MAX)]),
    }),
    z.strictObject({ attribute, present: z.literal(true) }),
  ]),
);
const shape = z.strictObject({
  base: z.string().max(1_024).exactOptional(),
  scope: z.enum(['base', 'one', 'sub']).exactOptional(),
  limit: z.number().exactOptional(),
  attributes: z.array(attribute).max(ATTRIBUTES_MAX).exactOptional(),
});

/** A question that was checked, its filter as servers read it (RFC 4515). */
export interface CheckedQuestion {
  readonly base: string;
  readonly scope: 'base' | 'one' | 'sub';
  readonly filter: string;
  readonly limit: number;
  /** None: all ordinary ones. */
  readonly attributes: readonly string[];
}

/**
 * The question as a server is asked it; `undefined` where its base is not below the directory's, so
 * that there is nothing to find. Throws `request/invalid` for one that is made wrong.
 */
export function checkQuestion(
  question: DirectoryQuestion,
  directoryBase: string,
): CheckedQuestion | undefined {
  const { where, ...rest } = question;
  const parsed = shape.safeParse(rest);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const { base = directoryBase, scope = 'sub', limit = LIMIT, attributes = [] } = parsed.data;
  const text = filterOf(where);
  const [name, own] = [parseDn(base), parseDn(directoryBase)];
  if (!name || !own || !isBelow(name, own)) return undefined;
  const bounded = Math.max(1, Math.min(Math.trunc(limit) || 1, LIMIT_MAX));
  return { base, scope, filter: text, limit: bounded, attributes };
}

/** A filter as text, every value escaped. Throws `request/invalid` for one that is made wrong. */
export function filterOf(where: DirectoryFilter): string {
  // Before the schema reads it, which would follow any depth.
  if (depthOf(where) > DEPTH_MAX) throw invalid(`expected ${DEPTH_MAX} levels at most`);
  const parsed = filter.safeParse(where);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  if (conditionsOf(parsed.data) > CONDITIONS_MAX) {
    throw invalid(`expected ${CONDITIONS_MAX} conditions at most`);
  }
  return textOf(parsed.data);
}

function textOf(where: DirectoryFilter): string {
  if ('all' in where) return joined('&', where.all, EVERYTHING);
  if ('any' in where) return joined('|', where.any, NOTHING);
  if ('not' in where) return `(!${textOf(where.not)})`;
  const { attribute: name } = where;
  if ('present' in where) return `(${name}=*)`;
  if ('is' in where)
    return isBlank(where.is) ? NOTHING : `(${name}=${escapeFilterValue(where.is)})`;
  if ('starts' in where) {
    return isBlank(where.starts) ? NOTHING : `(${name}=${escapeFilterValue(where.starts)}*)`;
  }
  const pieces = (typeof where.contains === 'string' ? [where.contains] : where.contains).filter(
    (piece) => !isBlank(piece),
  );
  return pieces.length === 0 ? NOTHING : `(${name}=*${pieces.map(escapeFilterValue).join('*')}*)`;
}

/** Directories compare letters, not what separates them or is not seen (RFC 4518 2.2): nothing of these would be left, and everybody has it. */
const isBlank = (text: string): boolean =>
  !/[^\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}]/u.test(text);

function joined(sign: '&' | '|', parts: readonly DirectoryFilter[], ofNone: string): string {
  return parts.length === 0 ? ofNone : `(${sign}${parts.map(textOf).join('')})`;
}

function partsOf(where: unknown): readonly unknown[] {
  if (typeof where !== 'object' || where === null) return [];
  const [all, any, not] = ['all', 'any', 'not'].map((key): unknown => Reflect.get(where, key));
  return [all, any].flatMap((list): unknown => (Array.isArray(list) ? list : [])).concat(not ?? []);
}

/** Levels of a filter, as far as it matters: a ring has no end. */
function depthOf(where: unknown, level = 1): number {
  if (level > DEPTH_MAX) return level;
  return Math.max(level, ...partsOf(where).map((part) => depthOf(part, level + 1)));
}

const conditionsOf = (where: DirectoryFilter): number =>
  partsOf(where).reduce<number>((sum, part) => sum + conditionsOf(part as DirectoryFilter), 1);

const invalid = (problem: string): AppError =>
  new AppError('request/invalid', { details: { what: 'directory question', problem } });
