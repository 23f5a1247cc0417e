import type { ListQuery } from '../mail';
import { isLocalPath } from '../session';

/** Where people come back to: the list of what came in. */
export const HOME = '/mail/me/INBOX';

/** Path of a mailbox page: the mailbox is one encoded segment (`INBOX%2FProjets`). */
export const mailboxHref = (account: string, mailbox: string): string =>
  `/mail/${encodeURIComponent(account)}/${encodeURIComponent(mailbox)}`;

export const messageHref = (account: string, mailbox: string, uid: number): string =>
  `${mailboxHref(account, mailbox)}/${uid}`;

/** Adds a query string; empty and absent values are left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const pairs = Object.entries(query).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined && pair[1] !== '',
  );
  const text = new URLSearchParams(
    pairs.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Query parameters that reproduce a list; defaults are left out so that links stay short. */
export function listParams(query: ListQuery): Record<string, string | undefined> {
  const { criteria } = query;
  const flag = (value: boolean | undefined): string | undefined => (value ? '1' : undefined);
  return {
    page: query.page > 1 ? String(query.page) : undefined,
    sort: query.sort === 'date' ? undefined : query.sort,
    order: query.order === 'desc' ? undefined : query.order,
    q: criteria.text,
    in: criteria.in === 'all' ? undefined : criteria.in,
    from: criteria.from,
    to: criteria.to,
    subject: criteria.subject,
    unread: flag(criteria.unseen),
    flagged: flag(criteria.flagged),
    unanswered: flag(criteria.unanswered),
    attachment: flag(criteria.hasAttachment),
    label: criteria.label,
    tome: flag(criteria.mine !== undefined),
    threads: flag(query.threads),
    since: criteria.since,
    before: criteria.before,
  };
}

/** A path of this site from untrusted input, else `fallback` (threats 39). */
export const localPath = (value: unknown, fallback: string): string =>
  typeof value === 'string' && isLocalPath(value) ? value : fallback;
