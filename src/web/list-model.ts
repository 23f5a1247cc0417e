import type { Translate } from '../kernel/i18n-types';
import {
  type Account,
  type Conversation,
  type Criteria,
  isOutside,
  type Label,
  type ListPage,
  type ListQuery,
  MUTED_KEYWORD,
  type Row,
  type SortKey,
} from '../mail';
import type { Actor } from '../session';
import { mergedRow, participants } from './conversation-model';
import type { DayGroups } from './day-groups';
import { findMailbox, mailboxLabel, moveTargets } from './folders';
import { chipsOf, modelOf } from './labels-model';
import { listParams, mailboxHref, withQuery } from './links';
import { isSearch, type SearchProblems } from './list-query';
import type { ListModel, RowModel, SearchForm } from './pages/mail';
import type { SnoozeTimes } from './pages/snooze';
import { NO_FACTS, type PeopleFacts } from './people-facts';

/** What an action on all results takes: the domain takes no more at once. */
const SELECTED_MAX = 10_000;
const SORTS: readonly SortKey[] = ['date', 'from', 'subject', 'size', 'arrival'];
/** Dates and sizes are looked at from the top, words from A. */
const FIRST_ORDER: Readonly<Record<SortKey, 'asc' | 'desc'>> = {
  date: 'desc',
  arrival: 'desc',
  size: 'desc',
  from: 'asc',
  subject: 'asc',
};
const FILTERS = [
  { id: 'all', criteria: {} },
  { id: 'unread', criteria: { unseen: true } },
  { id: 'flagged', criteria: { flagged: true } },
  { id: 'attachment', criteria: { hasAttachment: true } },
  { id: 'unanswered', criteria: { unanswered: true } },
] as const satisfies readonly { id: string; criteria: Criteria }[];

export interface ListModelInput {
  readonly actor: Actor;
  readonly account: Account;
  readonly query: ListQuery;
  readonly list: ListPage | undefined;
  readonly error: ListModel['error'];
  readonly selected: number | undefined;
  readonly t: Translate;
  readonly isSearchOpen: boolean;
  readonly problems: SearchProblems;
  readonly facts?: PeopleFacts;
  readonly elsewhere?: ListModel['elsewhere'];
  readonly labels: readonly Label[];
  readonly snooze: SnoozeTimes;
  /** Where a list by date is broken; `undefined` where the agent wants none. */
  readonly groups?: DayGroups | undefined;
}

/** The page model of a list, or of the reason why there is none. */
export function listModel(input: ListModelInput): ListModel {
  const { account, list, t } = input;
  const query = list ? { ...input.query, page: list.page } : input.query;
  const path = mailboxHref(account.id, query.mailbox);
  const params = listParams(query);
  const mailbox = findMailbox(account.mailboxes, query.mailbox);
  const use = mailbox?.specialUse;
  const hrefOf = (page: number): string =>
    withQuery(path, { ...params, page: page > 1 ? page : undefined });
  const self = hrefOf(query.page);
  const rows = list?.rows ?? [];
  const at: RowPlace = {
    site: input.actor.site,
    path,
    query: withQuery('', params),
    isOutgoing: use === 'sent' || use === 'drafts',
    placed: new Set(list?.placed),
    labels: input.labels,
    facts: input.facts ?? NO_FACTS,
    selected: input.selected,
    t,
  };
  const first = list && rows.length > 0 ? (list.page - 1) * list.pageSize + 1 : 0;

  return {
    account: account.id,
    mailbox: {
      path: query.mailbox,
      label: mailbox ? mailboxLabel(mailbox, t) : query.mailbox,
      specialUse: use,
    },
    uidValidity: list?.uidValidity ?? 0,
    rows: withTitles(
      rows.map((row) => lineModel(input.actor, row, list?.conversations?.get(row.uid), at)),
      query.sort === 'date' || query.sort === 'arrival' ? input.groups : undefined,
    ),
    total: list?.total ?? 0,
    unseen: list?.unseen ?? 0,
    page: list?.page ?? 1,
    pages: list?.pages ?? 1,
    first,
    last: first === 0 ? 0 : first + rows.length - 1,
    isSearch: isSearch(query.criteria),
    search: searchForm(path, query.criteria, input),
    elsewhere: input.elsewhere ?? [],
    filters: filterLinks(path, query, t),
    snooze: { ...input.snooze, action: `${path}/snooze` },
    labels: input.labels.map((label) => ({
      ...modelOf(label, t),
      href: withQuery(path, { ...params, page: undefined, label: label.keyword }),
      isCurrent: query.criteria.label === label.keyword,
    })),
    anyLabelHref: withQuery(path, { ...params, page: undefined, label: undefined }),
    toMe: {
      isOn: query.criteria.mine !== undefined,
      href: withQuery(path, {
        ...params,
        page: undefined,
        tome: query.criteria.mine ? undefined : '1',
      }),
    },
    all: Math.min(list?.total ?? 0, SELECTED_MAX),
    listState: withQuery('', params).slice(1),
    threads: {
      isOn: query.threads === true,
      action: `${path}/threads`,
      back: withQuery(path, { ...params, threads: undefined, page: undefined }),
    },
    sorts: SORTS.map((key) => sortLink(path, params, query, key, t)),
    links: {
      self,
      previous: list && list.page > 1 ? hrefOf(list.page - 1) : undefined,
      next: list && list.page < list.pages ? hrefOf(list.page + 1) : undefined,
      jump: path,
      clearSearch: path,
    },
    state: Object.entries(params).flatMap(([name, value]) =>
      value === undefined || name === 'page' ? [] : [{ name, value }],
    ),
    actions: `${path}/actions`,
    back: self,
    moveTargets: moveTargets(account, query.mailbox, t),
    canEmpty: (use === 'trash' || use === 'junk') && (list?.total ?? 0) > 0,
    isTrash: use === 'trash',
    isJunk: use === 'junk',
    isDrafts: use === 'drafts',
    isSent: use === 'sent',
    error: input.error,
    notices: [
      ...(list?.sortFellBack ? [{ level: 'info' as const, text: t('mail.sortFellBack') }] : []),
      ...(list?.threadsFellBack
        ? [{ level: 'info' as const, text: t('conversation.fellBack') }]
        : []),
    ],
  };
}

/** Titles on the first line of each part. */
function withTitles(rows: readonly RowModel[], groups: DayGroups | undefined): readonly RowModel[] {
  if (!groups) return rows;
  let last: string | undefined;
  return rows.map((row) => {
    const title = groups.titleOf(row.date);
    const isNew = title !== last;
    last = title;
    return isNew ? { ...row, group: title } : row;
  });
}

/** What the lines of a list have in common. */
export interface RowPlace {
  readonly site: Actor['site'];
  /** Of the mailbox. */
  readonly path: string;
  /** Query string that reproduces the list, with its `?`. */
  readonly query: string;
  readonly isOutgoing: boolean;
  readonly placed: ReadonlySet<number>;
  readonly labels: readonly Label[];
  readonly facts: PeopleFacts;
  readonly selected: number | undefined;
  readonly t: Translate;
}

/** A line of the list: a message, or a conversation. */
function lineModel(
  actor: Actor,
  row: Row,
  conversation: Conversation | undefined,
  at: RowPlace,
): RowModel {
  if (!conversation) return rowModel(row, at);
  const model = rowModel(mergedRow(row, conversation), at);
  const count = conversation.uids.length;
  const { short, all } = participants(actor, conversation.rows, at.t);
  return {
    ...model,
    ...(!at.isOutgoing && { who: short, whoTitle: all }),
    isCurrent: conversation.uids.some((uid) => uid === at.selected),
    conversation: { count, uids: conversation.uids.slice(0, 50).join(' ') },
    state: [at.t('conversation.state', { count }), model.state]
      .filter((text) => text !== '')
      .join(', '),
  };
}

const isMutedRow = ({ keywords }: Row): boolean =>
  keywords.some((keyword) => keyword.toLowerCase() === MUTED_KEYWORD);

/** The line of a message. */
export function rowModel(row: Row, at: RowPlace): RowModel {
  const { t } = at;
  const people = at.isOutgoing ? row.to : row.from;
  const names = people.map(({ name, mail }) => (name === '' ? mail : name)).join(', ');
  const outside = !at.isOutgoing && people.some(({ mail }) => isOutside(at.site, mail));
  const states = [
    row.isSeen ? undefined : 'unread',
    row.isFlagged ? 'flagged' : undefined,
    isMutedRow(row) ? 'muted' : undefined,
    row.isAnswered ? 'answered' : undefined,
    row.isForwarded ? 'forwarded' : undefined,
    row.hasAttachment ? 'attachment' : undefined,
    row.hasInvitation ? 'invitation' : undefined,
    outside ? 'outside' : undefined,
  ].filter((state) => state !== undefined);
  const labels = chipsOf(row.keywords, at.labels, t);
  return {
    uid: row.uid,
    href: `${at.path}/${row.uid}${at.query}`,
    who: names === '' ? t('mail.nobody') : at.isOutgoing ? t('mail.toSomebody', { names }) : names,
    whoTitle: people.map(({ name, mail }) => (name === '' ? mail : `${name} <${mail}>`)).join(', '),
    subject: row.subject === '' ? t('mail.noSubject') : row.subject,
    date: row.date,
    sizeBytes: row.sizeBytes,
    isSeen: row.isSeen,
    isFlagged: row.isFlagged,
    isAnswered: row.isAnswered,
    isMuted: isMutedRow(row),
    isForwarded: row.isForwarded,
    hasAttachment: row.hasAttachment,
    hasInvitation: row.hasInvitation,
    isOutside: outside,
    isCurrent: row.uid === at.selected,
    isPlaced: at.placed.has(row.uid),
    avatar: at.facts.avatars.get(people[0]?.mail.toLowerCase() ?? ''),
    labels,
    conversation: undefined,
    group: undefined,
    state: [
      ...states.map((state) => t(`mail.state.${state}`)),
      ...labels.map(({ name }) => t('labels.state', { name })),
    ].join(', '),
  };
}

/** A day as typed has no hour: read and written in one zone, it stays the same day. */
const dayText = (day: string, locale: Actor['locale']): string =>
  new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'long',
    timeZone: 'UTC',
  }).format(new Date(day));

function searchForm(
  action: string,
  criteria: Criteria,
  {
    actor,
    isSearchOpen,
    problems,
    t,
  }: Pick<ListModelInput, 'actor' | 'isSearchOpen' | 'problems' | 't'>,
): SearchForm {
  const errorOf = (field: keyof SearchProblems): string | undefined => {
    const problem = problems[field];
    if (problem === undefined) return undefined;
    return problem === 'badDate'
      ? t('mail.search.badDate')
      : t('mail.search.datesCross', { since: dayText(criteria.since ?? '', actor.locale) });
  };
  return {
    action,
    q: criteria.text ?? '',
    in: criteria.in ?? 'all',
    from: criteria.from ?? '',
    to: criteria.to ?? '',
    subject: criteria.subject ?? '',
    unread: criteria.unseen ?? false,
    flagged: criteria.flagged ?? false,
    attachment: criteria.hasAttachment ?? false,
    since: criteria.since ?? '',
    before: criteria.before ?? '',
    errors: { since: errorOf('since'), before: errorOf('before') },
    isWrong: Object.keys(problems).length > 0,
    isOpen: isSearchOpen,
  };
}

function filterLinks(path: string, query: ListQuery, t: Translate): ListModel['filters'] {
  const { unseen, flagged, hasAttachment, unanswered, ...rest } = query.criteria;
  const active = { unseen, flagged, hasAttachment, unanswered };
  const set = Object.entries(active).filter(([, value]) => value);
  return FILTERS.map(({ id, criteria }) => {
    const [key] = Object.keys(criteria);
    const isCurrent = key === undefined ? set.length === 0 : set.some(([name]) => name === key);
    const href = withQuery(
      path,
      listParams({ ...query, page: 1, criteria: { ...rest, ...criteria } }),
    );
    return { id, label: t(`mail.filter.${id}`), href, isCurrent };
  });
}

function sortLink(
  path: string,
  params: Readonly<Record<string, string | undefined>>,
  query: ListQuery,
  key: SortKey,
  t: Translate,
): ListModel['sorts'][number] {
  const isCurrent = query.sort === key;
  const flipped = query.order === 'asc' ? 'desc' : 'asc';
  const order = isCurrent ? flipped : FIRST_ORDER[key];
  const href = withQuery(path, {
    ...params,
    page: undefined,
    sort: key === 'date' ? undefined : key,
    order: order === 'desc' ? undefined : order,
  });
  return {
    key,
    label: t(`mail.sort.${key}`),
    href,
    isCurrent,
    order: isCurrent ? query.order : order,
  };
}
