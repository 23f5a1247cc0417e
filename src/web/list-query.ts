import { z } from 'zod';
import { AppError } from '../base/errors';
import { type Criteria, isKeyword, type ListQuery } from '../mail';

const text = z.string().trim().max(500).optional().catch(undefined);
const flag = z
  .enum(['0', '1', 'on'])
  .optional()
  .transform((value) => (value === '1' || value === 'on' ? true : undefined))
  .catch(undefined);
const day = z.iso.date().optional().catch(undefined);
/** A page far beyond any mailbox is a mistake or an attack; the domain shows the last page anyway. */
const MAX_PAGE = 1_000_000;

const schema = z.object({
  page: z.coerce.number().int().min(1).max(MAX_PAGE).catch(1),
  sort: z.enum(['date', 'arrival', 'from', 'subject', 'size']).catch('date'),
  order: z.enum(['asc', 'desc']).catch('desc'),
  q: text,
  in: z.enum(['all', 'subject', 'from', 'to', 'body']).catch('all'),
  from: text,
  to: text,
  subject: text,
  unread: flag,
  flagged: flag,
  unanswered: flag,
  attachment: flag,
  tome: flag,
  threads: z.enum(['0', '1']).optional().catch(undefined),
  label: z.string().refine(isKeyword).optional().catch(undefined),
  since: day,
  before: day,
});

/** A date of the search that cannot be used, by field. */
export type SearchProblems = Partial<Record<'since' | 'before', 'badDate' | 'datesCross'>>;

/**
 * Dates that would make the search another one than was asked: left out, a date shows the whole
 * mailbox as if it matched; the wrong way round, two of them find nothing.
 */
export function searchProblems(query: Readonly<Record<string, unknown>>): SearchProblems {
  const isWrong = (value: unknown): boolean =>
    value !== undefined && value !== '' && !z.iso.date().safeParse(value).success;
  const { since, before } = query;
  const problems: SearchProblems = {
    ...(isWrong(since) && { since: 'badDate' }),
    ...(isWrong(before) && { before: 'badDate' }),
  };
  if (Object.keys(problems).length > 0) return problems;
  const isCrossed =
    typeof since === 'string' && typeof before === 'string' && since !== '' && before !== '';
  return isCrossed && since >= before ? { before: 'datesCross' } : {};
}

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/** Who reads the list. */
export interface ListReader {
  readonly isThreaded?: boolean;
  readonly mine?: readonly string[];
}

/**
 * List state from a query string. Values that make no sense fall back: a list is always shown.
 * `isThreaded`: the agent sees this mailbox by conversation, unless the query says otherwise; `mine`:
 * their addresses.
 */
export function parseListQuery(
  mailbox: string,
  query: unknown,
  { isThreaded = false, mine = [] }: ListReader = {},
): ListQuery {
  const parsed = schema.safeParse(query);
  if (!parsed.success) throw new AppError('request/invalid');
  const { page, sort, order, ...rest } = parsed.data;
  const q = given(rest.q);
  const criteria: Criteria = {
    ...(q !== undefined && { text: q, in: rest.in }),
    ...(given(rest.from) !== undefined && { from: rest.from }),
    ...(given(rest.to) !== undefined && { to: rest.to }),
    ...(given(rest.subject) !== undefined && { subject: rest.subject }),
    ...(rest.unread && { unseen: true }),
    ...(rest.flagged && { flagged: true }),
    ...(rest.unanswered && { unanswered: true }),
    ...(rest.attachment && { hasAttachment: true }),
    ...(rest.label !== undefined && { label: rest.label }),
    ...(rest.tome && mine.length > 0 && { mine }),
    ...(rest.since !== undefined && { since: rest.since }),
    ...(rest.before !== undefined && { before: rest.before }),
  };
  const threads = rest.threads === undefined ? isThreaded : rest.threads === '1';
  return { mailbox, page, sort, order, criteria, ...(threads && { threads }) };
}

/** Whether the agent searches (beyond the quick filters). */
export const isSearch = ({ text, from, to, subject, since, before }: Criteria): boolean =>
  [text, from, to, subject, since, before].some((value) => value !== undefined);
