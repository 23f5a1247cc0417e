import { type AppError, toAppError } from '../base/errors';
import { OWN_ACCOUNT } from '../base/types';
import type { Account, ListQuery, Quota, Row } from '../mail';
import { isThreaded } from '../settings';
import type { SlotFacts } from '../view';
import { dayGroups } from './day-groups';
import { findMailbox, folderPane } from './folders';
import { listParams, mailboxHref, withQuery } from './links';
import { listModel } from './list-model';
import { isSearch, type ListReader, parseListQuery, searchProblems } from './list-query';
import { quietMuted } from './muted';
import { ownLabels } from './own-labels';
import type { ListModel } from './pages/mail';
import type { FolderNode, FolderPane } from './pages/shell';
import { peopleFacts } from './people-facts';
import type { OpenCall } from './route';
import { savedLinks } from './search/saved';
import { snoozeTimes } from './send-times';
import type { ShellParts } from './shell';

/** Errors of the mail server that leave the rest of the page useful: said in the list's place. */
const isServerTrouble = (error: AppError): boolean =>
  error.code.startsWith('imap/') && error.code !== 'imap/credentials';

const EMPTY_ACCOUNT: Account = { id: OWN_ACCOUNT, name: '', mailboxes: [] };

export interface MailFrame {
  readonly account: Account;
  readonly folders: FolderPane;
  readonly trouble: AppError | undefined;
  readonly unseen: number;
}

/** Folder pane and counters. The mail server being down is a sentence in the pane, not an exception. */
export async function mailFrame(call: OpenCall, current: string | undefined): Promise<MailFrame> {
  const { deps, actor, ctx } = call;
  let account = EMPTY_ACCOUNT;
  let quota: Quota | undefined;
  let trouble: AppError | undefined;
  try {
    account = await deps.mail.account(actor);
    quota = await deps.mail.quota(actor).catch(() => undefined);
  } catch (error) {
    trouble = toAppError(error);
    if (!isServerTrouble(trouble)) throw trouble;
  }
  const folders = folderPane(account, {
    id: OWN_ACCOUNT,
    current,
    quota,
    error: trouble && ctx.t(trouble.textKey),
    marks: ctx.core.marks,
    t: ctx.t,
    size: deps.renderer.formats(ctx.locale, ctx.site.timeZone).size,
  });
  const [searches, putOff, snoozed] = await Promise.all([
    savedLinks(call, { account, trouble }),
    deps.compose.countPutOff(actor),
    deps.snoozing.count(actor),
  ]);
  return {
    account,
    folders: { ...folders, searches, putOff, snoozed },
    trouble,
    unseen: findMailbox(account.mailboxes, 'INBOX')?.unseen ?? 0,
  };
}

/** State of a list: of the address, and whether the agent sees that mailbox by conversation. */
export const queryOf = (
  call: Pick<OpenCall, 'req' | 'ctx' | 'actor'>,
  mailbox: string,
): ListQuery => parseListQuery(mailbox, call.req.query, readerOf(call, mailbox));

/** What an address of a list leaves to who reads it. */
export const readerOf = (
  { ctx, actor }: Pick<OpenCall, 'ctx' | 'actor'>,
  mailbox: string,
): ListReader => ({
  isThreaded: isThreaded(ctx.core, mailbox),
  mine: [actor.user.mail, ...actor.user.aliases],
});

const mailOf = ({ mail }: { readonly mail: string }): string => mail;

export interface ListPane {
  readonly model: ListModel;
  readonly facts: Pick<SlotFacts, 'mailbox' | 'rows'>;
  /** Of the page: with no rows for a reason it is useful, but says so. */
  readonly status: number;
}

/** With what slots are told of it. */
function paneOf(model: ListModel, status: number, rows: readonly Row[] = []): ListPane {
  const { account, mailbox, total } = model;
  const told = rows.map(({ uid, messageId, subject, from, date, keywords }) => ({
    uid,
    messageId,
    subject,
    from,
    date,
    keywords,
  }));
  const facts = { mailbox: { account, path: mailbox.path, total }, rows: told };
  return { model, status, facts };
}

/** The list pane of a page: rows, or the reason why there are none. */
export async function listPane(
  call: OpenCall,
  frame: MailFrame,
  query: ListQuery,
  selected: number | undefined,
): Promise<ListPane> {
  const { deps, actor, ctx, req } = call;
  const problems = searchProblems(req.query);
  const common = {
    actor,
    account: frame.account,
    query,
    selected,
    t: ctx.t,
    isSearchOpen: isSearch(query.criteria) || req.query['search'] === '1',
    problems,
    labels: await ownLabels(call),
    snooze: snoozeTimes(call),
    groups:
      ctx.core.display.groups === 'on'
        ? dayGroups({
            now: deps.clock.now(),
            timeZone: ctx.site.timeZone,
            locale: ctx.locale,
            t: ctx.t,
          })
        : undefined,
  };
  if (Object.keys(problems).length > 0) {
    return paneOf(listModel({ ...common, list: undefined, error: undefined }), 422);
  }
  try {
    // What has just failed for the folders would only fail again, after another deadline.
    if (frame.trouble) throw frame.trouble;
    await quietMuted(call, query.mailbox);
    const [list, elsewhere] = await Promise.all([
      deps.mail.list(actor, query),
      deps.findElsewhere(call, query.criteria.text),
    ]);
    const facts = await peopleFacts(deps, {
      actor,
      pictured: list.rows
        .flatMap(({ from, to }) => [...from.slice(0, 1), ...to.slice(0, 1)])
        .map(mailOf),
      named: [],
    });
    return paneOf(
      listModel({ ...common, list, facts, elsewhere, error: undefined }),
      200,
      list.rows,
    );
  } catch (thrown) {
    const trouble = toAppError(thrown);
    if (!isServerTrouble(trouble)) throw trouble;
    deps.log.warn({ err: trouble, requestId: ctx.id, site: ctx.site.id }, 'mail/list-failed');
    const retry = withQuery(mailboxHref(frame.account.id, query.mailbox), listParams(query));
    const error = { text: ctx.t(trouble.textKey), requestId: ctx.id, retry };
    return paneOf(listModel({ ...common, list: undefined, error }), trouble.status);
  }
}

/**
 * The frame with the counter that the list has just read: the tree's own may be some seconds old,
 * and two figures for one folder would make both doubtful.
 */
export function withCounter(shell: ShellParts, list: ListModel): ShellParts {
  if (!shell.folders || list.error || list.search.isWrong) return shell;
  const { path } = list.mailbox;
  const refresh = (node: FolderNode): FolderNode => ({
    ...node,
    ...(node.path === path && { unseen: list.unseen }),
    children: node.children.map(refresh),
  });
  return {
    ...shell,
    folders: {
      ...shell.folders,
      roots: shell.folders.roots.map(refresh),
      favourites: shell.folders.favourites.map(refresh),
    },
    ...(path === 'INBOX' && { unseen: list.unseen }),
  };
}

/** Frame of every mail page. */
export function mailShell(
  frame: MailFrame,
  options: {
    readonly title: string;
    readonly query: ListQuery | undefined;
    readonly selected?: number;
    /** False where the page shows no list that could change. */
    readonly isLive?: boolean;
  },
): ShellParts {
  const { query } = options;
  return {
    title: options.title,
    area: 'mail',
    folders: frame.folders,
    unseen: frame.unseen,
    search: {
      action: '/search',
      value: query?.criteria.text ?? '',
      ...(query && { box: query.mailbox }),
    },
    ...(query &&
      options.isLive !== false && {
        eventsHref: withQuery('/events', {
          mailbox: query.mailbox,
          ...listParams(query),
          selected: options.selected,
        }),
      }),
  };
}

/** Frame of a page without folders: no word with the mail server, which may be down. */
export const plainShell = (
  { deps, actor }: OpenCall,
  { title, area }: Pick<ShellParts, 'title' | 'area'>,
): ShellParts => ({
  title,
  area,
  unseen: deps.mail.unseen(actor),
  search: { action: '/search', value: '' },
});
