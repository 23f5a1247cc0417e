import type { Request } from 'express';
import {
  NO_FIELDS,
  type Parsed,
  parseQuery,
  QUERY_MAX_CHARS,
  type QueryFields,
  type State,
  writeQuery,
} from '../../mail';
import { field, formOf } from '../body';
import { withQuery } from '../links';
import type { OpenCall } from '../route';

export const SEARCH = '/search';
/** Each page reads as many rows of every mailbox as all pages before it: no further than this. */
export const MAX_PAGES = 10;

/** What a page of search is asked. */
export interface SearchRequest {
  readonly text: string;
  readonly parsed: Parsed;
  readonly by: 'date' | 'mailbox';
  readonly page: number;
  /** Waits longer for slow mailboxes: asked where no script does. */
  readonly isPatient: boolean;
  /** The mailbox from which the search was made, which the page offers to narrow to. */
  readonly box: string;
  readonly isFormOpen: boolean;
}

const MAX_BOX_CHARS = 1000;

/** A search of words alone. */
export const requestOf = (
  { ctx, deps }: Pick<OpenCall, 'ctx' | 'deps'>,
  text: string,
): SearchRequest => ({
  text: text.slice(0, QUERY_MAX_CHARS + 1),
  parsed: parseQuery(text, { today: todayAt(deps.clock.now(), ctx.site.timeZone) }),
  by: 'date',
  page: 1,
  isPatient: false,
  box: '',
  isFormOpen: false,
});

/** The search that an address names. */
export function searchRequest({ ctx, deps, req }: OpenCall): SearchRequest {
  const query = formOf(req.query);
  const text = field(query, 'q').trim();
  const page = Number(field(query, 'page'));
  return {
    ...requestOf({ ctx, deps }, text),
    by: field(query, 'by') === 'mailbox' ? 'mailbox' : 'date',
    page: Number.isInteger(page) ? Math.min(Math.max(1, page), MAX_PAGES) : 1,
    isPatient: field(query, 'wait') === '1',
    box: field(query, 'box').slice(0, MAX_BOX_CHARS),
    isFormOpen: field(query, 'form') === '1',
  };
}

/** The day that it is for the site's people. */
export const todayAt = (now: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(now);

/** Address of a search. */
export const searchHref = (
  request: Pick<SearchRequest, 'text' | 'by' | 'box'>,
  more: Readonly<Record<string, string | number | undefined>> = {},
): string =>
  withQuery(SEARCH, {
    q: request.text,
    by: request.by === 'mailbox' ? 'mailbox' : undefined,
    box: request.box,
    ...more,
  });

const STATES: readonly State[] = ['unread', 'read', 'answered', 'unanswered', 'unflagged'];

/** The words that the form of the page wrote, where it was sent. */
export function writtenByForm(req: Request): string | undefined {
  const query = formOf(req.query);
  if (field(query, 'write') !== '1') return undefined;
  const text = (name: string): string => field(query, name).slice(0, QUERY_MAX_CHARS);
  const fields: QueryFields = {
    ...NO_FIELDS,
    words: text('words'),
    phrase: text('phrase'),
    without: text('without'),
    from: text('from'),
    to: text('to'),
    cc: text('cc'),
    subject: text('subject'),
    body: text('body'),
    label: text('label'),
    place: text('place'),
    state: STATES.find((state) => state === text('state')) ?? '',
    flagged: text('flagged') === '1',
    attachment: text('attachment') === '1',
    after: text('after'),
    before: text('before'),
    on: text('on'),
    larger: text('larger'),
    smaller: text('smaller'),
  };
  return writeQuery(fields);
}
