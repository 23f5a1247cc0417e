import type { Translate } from '../../kernel/i18n-types';
import {
  type Account,
  asksBodies,
  type FoundIn,
  formatQuery,
  type Label,
  type Query,
  quoted,
  type Row,
  type SearchedMailbox,
  wordsOf,
} from '../../mail';
import { markedParts } from '../../mime';
import type { Actor } from '../../session';
import { findMailbox, mailboxLabel } from '../folders';
import { mailboxHref, withQuery } from '../links';
import { rowModel } from '../list-model';
import type { ResultRow, ResultsModel } from '../pages/search';
import { NO_FACTS, type PeopleFacts } from '../people-facts';
import type { Gathered } from './gather';
import { pickOf } from './picked';
import type { Places } from './places';
import { MAX_PAGES, type SearchRequest, searchHref } from './request';

/** Of each mailbox, where results stand by mailbox: the rest is one link away. */
const GROUP_ROWS = 8;

export interface ResultsInput {
  readonly actor: Actor;
  readonly account: Account;
  readonly request: SearchRequest;
  /** With labels known by keyword. */
  readonly query: Query | undefined;
  readonly places: Places;
  readonly gathered: Gathered;
  readonly labels: readonly Label[];
  readonly pageSize: number;
  readonly facts?: PeopleFacts;
  readonly t: Translate;
}

interface Found {
  readonly in: FoundIn;
  readonly row: Row;
}

const isFound = (one: SearchedMailbox): one is FoundIn => 'rows' in one;

/** Rows of a page, the latest first, whatever their mailbox. */
export function pageRows({
  gathered,
  request,
  pageSize,
}: Pick<ResultsInput, 'gathered' | 'request' | 'pageSize'>): readonly Found[] {
  const all = gathered.all
    .filter(isFound)
    .flatMap((one) => one.rows.map((row): Found => ({ in: one, row })));
  // ISO texts of UTC sort as their times; those of one instant keep to their mailbox and uid.
  all.sort(
    (a, b) =>
      compare(b.row.date, a.row.date) ||
      compare(a.in.mailbox, b.in.mailbox) ||
      b.row.uid - a.row.uid,
  );
  return all.slice((request.page - 1) * pageSize, request.page * pageSize);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What has been found so far. */
export function resultsModel(input: ResultsInput): ResultsModel {
  const { request, gathered, places, query, pageSize, t } = input;
  const { page, by } = request;
  const found = gathered.all.filter(isFound);
  const failed = gathered.all.filter((one) => !isFound(one));
  const total = found.reduce((sum, one) => sum + one.total, 0);
  const rowsHere = pageRows(input);
  const words = wordsOf(query);
  const rows = by === 'date' ? rowsHere.map((one) => resultRow(one, input, words)) : [];
  const isSlow = asksBodies(query) && found.some(({ isIndexed }) => !isIndexed);
  const hasNext = by === 'date' && page < MAX_PAGES && total > page * pageSize;
  return {
    rows,
    groups: by === 'mailbox' ? groupsOf(found, input, words) : [],
    isByMailbox: by === 'mailbox',
    orders: [
      {
        label: t('find.byDate'),
        href: searchHref({ ...request, by: 'date' }),
        isCurrent: by === 'date',
      },
      {
        label: t('find.byMailbox'),
        href: searchHref({ ...request, by: 'mailbox' }),
        isCurrent: by === 'mailbox',
      },
    ],
    total,
    searched: found.length,
    mailboxes: places.paths.length,
    pending: gathered.pending,
    failed: failed.map((one) => ({
      label: labelOf(one.mailbox, input),
      text: 'error' in one ? t(one.error.textKey) : '',
    })),
    retryHref: searchHref(request, { wait: '1' }),
    moreHref: gathered.pending > 0 ? searchHref(request, { wait: '1' }) : undefined,
    isSlow,
    quickHref: isSlow && query ? quickHref(request, query) : undefined,
    asideHref: places.isAsideLeftOut
      ? searchHref({ ...request, text: `${request.text} in:${t('find.allWord')}` })
      : undefined,
    leftOut: places.leftOut,
    first: rows.length === 0 ? 0 : (page - 1) * pageSize + 1,
    last: rows.length === 0 ? 0 : (page - 1) * pageSize + rows.length,
    previousHref:
      by === 'date' && page > 1
        ? searchHref(request, { page: page > 2 ? page - 1 : undefined })
        : undefined,
    nextHref: hasNext ? searchHref(request, { page: page + 1 }) : undefined,
  };
}

function groupsOf(
  found: readonly FoundIn[],
  input: ResultsInput,
  words: readonly string[],
): ResultsModel['groups'] {
  const { request, places } = input;
  const order = new Map(places.paths.map((path, at) => [path, at]));
  return found
    .filter(({ total }) => total > 0)
    .sort((a, b) => (order.get(a.mailbox) ?? 0) - (order.get(b.mailbox) ?? 0))
    .map((one) => {
      const rows = one.rows.slice(0, GROUP_ROWS);
      const narrowed = `${withoutPlaces(request)} in:${quoted(one.mailbox)}`.trim();
      return {
        label: labelOf(one.mailbox, input),
        total: one.total,
        href:
          one.total > rows.length
            ? searchHref({ ...request, by: 'date', text: narrowed })
            : undefined,
        rows: rows.map((row) => resultRow({ in: one, row }, input, words)),
      };
    });
}

/** The search as it was typed, without where. */
export const withoutPlaces = ({ parsed }: SearchRequest): string =>
  parsed.query ? formatQuery(parsed.query) : '';

const labelOf = (path: string, { account, t }: Pick<ResultsInput, 'account' | 't'>): string => {
  const mailbox = findMailbox(account.mailboxes, path);
  return mailbox ? mailboxLabel(mailbox, t) : path;
};

function resultRow(
  { in: place, row }: Found,
  input: ResultsInput,
  words: readonly string[],
): ResultRow {
  const { actor, account, labels, facts, t } = input;
  const path = mailboxHref(account.id, place.mailbox);
  const use = findMailbox(account.mailboxes, place.mailbox)?.specialUse;
  const model = rowModel(row, {
    site: actor.site,
    path,
    query: withQuery('', { uidvalidity: place.uidValidity, mark: words.join('\n').slice(0, 300) }),
    isOutgoing: use === 'sent' || use === 'drafts',
    placed: new Set(),
    labels,
    facts: facts ?? NO_FACTS,
    selected: undefined,
    t,
  });
  return {
    ...model,
    mailboxLabel: labelOf(place.mailbox, input),
    key: `${input.places.paths.indexOf(place.mailbox)}-${row.uid}`,
    pick: pickOf(place.mailbox, String(place.uidValidity), row.uid),
    whoParts: markedParts(model.who, words),
    subjectParts: markedParts(model.subject, words),
    starAction: withQuery(`${path}/actions/flag`, {
      one: row.uid,
      flag: 'flagged',
      on: row.isFlagged ? '0' : '1',
      uidvalidity: place.uidValidity,
    }),
  };
}

/** The same search in subjects and people, for which no message has to be opened. */
function quickHref(request: SearchRequest, query: Query): string {
  const light = withoutBodies(query);
  const places = [
    ...request.parsed.places.map((name) => `in:${quoted(name)}`),
    ...request.parsed.notPlaces.map((name) => `-in:${quoted(name)}`),
  ];
  return searchHref({ ...request, text: [formatQuery(light), ...places].join(' ') });
}

function withoutBodies(query: Query): Query {
  switch (query.kind) {
    case 'and':
      return { ...query, all: query.all.map(withoutBodies) };
    case 'or':
      return { ...query, any: query.any.map(withoutBodies) };
    case 'not':
      return { ...query, none: withoutBodies(query.none) };
    case 'text':
      if (query.field === 'body') return { ...query, field: 'subject' };
      if (query.field !== 'any') return query;
      return {
        kind: 'or',
        any: (['subject', 'from', 'to'] as const).map((field) => ({ ...query, field })),
      };
    default:
      return query;
  }
}
