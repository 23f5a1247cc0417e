import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { type ImapPool, readSizes } from '../imap';
import type { HookEmitter } from '../kernel/hook-types';
import type { Texts } from '../kernel/i18n-types';
import {
  copyMessages,
  deleteMessages,
  emptyMailbox,
  flagMessages,
  junkMessages,
  labelMessages,
  moveMessages,
  readAllMessages,
  removeMessages,
  unlabelMessages,
} from './actions';
import { appendMessage, findMessageId, gate } from './append';
import { Arrivals } from './arrivals';
import { trustOf, warningsAbout } from './assess';
import { quotableBody, renderBody } from './body';
import { type CacheSizes, createCaches, DEFAULT_CACHE_SIZES } from './caches';
import {
  accessOf,
  accountKey,
  createQuiet,
  type MailContext,
  type MailLimits,
  type MailMetrics,
  type RunTask,
  serverOf,
  userKey,
} from './context';
import { conversationUids, readConversation } from './conversation';
import { readDeliveryReport } from './delivery-report';
import { createEverywhere } from './everywhere/everywhere';
import { archiveMessages } from './filing';
import { readHeaders } from './headers';
import { Holders } from './holders';
import { findNeighbours, listMessages, selectAll } from './list';
import {
  createAt,
  createOne,
  deleteOne,
  discardOne,
  placeAt,
  renameOne,
  subscribeOne,
} from './mailbox-changes';
import { exportMailbox } from './mbox/export';
import { markMuted, quietMuted } from './muting';
import { readNews } from './news';
import { prepareMessage } from './prepare';
import { askedReceipt, settleReceipt } from './receipt';
import { checkSender } from './sender-check';
import { streamPart, streamSource } from './stream';
import { readTransit } from './transit';
import { knownUnseen, readAccount, readQuota, specialPath } from './tree';
import type { Mail } from './types';
import { markRead, viewMessage } from './view';
import { watchMailbox } from './watcher';
import { listWinmail, winmailFile } from './winmail';

export interface MailDeps {
  readonly pool: ImapPool;
  readonly hooks: HookEmitter;
  readonly runTask: RunTask;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<MailLimits>;
  readonly metrics?: MailMetrics;
  readonly cacheSizes?: Partial<CacheSizes>;
}

const DEFAULT_LIMITS: MailLimits = {
  sortInProcess: 3_000,
  bodyBytes: 4 * 1024 * 1024,
  renderMs: 2_000,
  selection: 10_000,
  appends: 3,
  appendBytes: 24 * 1024 * 1024,
  searchMs: 25_000,
};

/** The mail domain over a pool of IMAP connections. */
export function createMail(deps: MailDeps): Mail {
  const holders = new Holders(deps.clock);
  const context: MailContext = {
    pool: deps.pool,
    hooks: deps.hooks,
    runTask: deps.runTask,
    texts: deps.texts,
    clock: deps.clock,
    log: deps.log,
    limits: { ...DEFAULT_LIMITS, ...deps.limits },
    metrics: deps.metrics,
    caches: createCaches(deps.clock, { ...DEFAULT_CACHE_SIZES, ...deps.cacheSizes }),
    quiet: createQuiet(deps.clock),
    access: (actor) => {
      holders.note(actor);
      const key = accountKey(actor);
      // A watched mailbox outlives the request, and may outlive the session that asked first.
      const access = accessOf(
        actor,
        (server) => holders.credential(key, server) ?? actor.credential(server),
      );
      return { ...access, serverNow: () => serverOf(deps.hooks, actor) };
    },
  };
  const arrivals = new Arrivals(context);
  const inTurn = gate({
    clock: deps.clock,
    count: context.limits.appends,
    weight: context.limits.appendBytes,
  });
  return {
    account: (actor, options) => readAccount(context, actor, options?.fresh === true),
    special: (actor, use) => specialPath(context, actor, use),
    unseen: (actor) => knownUnseen(context, actor),
    quota: (actor) => readQuota(context, actor),
    list: (actor, query) => listMessages(context, actor, query),
    search: createEverywhere(context),
    selectAll: (actor, query, uidValidity) => selectAll(context, actor, query, uidValidity),
    neighbours: (actor, query, at) => findNeighbours(context, actor, query, at),
    conversationUids: (actor, on) => conversationUids(context, actor, on),
    conversation: (actor, view) => readConversation(context, actor, view),
    message: (actor, at, options = {}) => viewMessage(context, actor, at, options),
    markRead: (actor, view) => markRead(context, actor, view),
    body: (actor, view, options) => renderBody(context, actor, view, options),
    quietMuted: (actor, mailbox, ids) => quietMuted(context, actor, mailbox, ids),
    markMuted: (actor, on, value) => markMuted(context, actor, on, value),
    news: (actor, mailboxes, known) => readNews(context, actor, mailboxes, known),
    prepare: (actor, expected) => prepareMessage(context, actor, expected),
    warnings: (actor, view, links) => warningsAbout(context, actor, view, links),
    trust: (actor, view) => trustOf(context, actor, view),
    senderCheck: (actor, view) => checkSender(context, actor, view),
    deliveryReport: (actor, ref) => readDeliveryReport(context, actor, ref),
    receipt: (actor, view) => askedReceipt(context, actor, view),
    settleReceipt: (actor, ref, isDone) => settleReceipt(context, actor, ref, isDone),
    transit: (actor, ref) => readTransit(context, actor, ref),
    quotable: (actor, view) => quotableBody(context, actor, view),
    part: (actor, ref, part) => streamPart(context, actor, ref, part),
    winmail: (actor, ref, part) => listWinmail(context, actor, ref, part),
    winmailFile: (actor, ref, at) => winmailFile(context, actor, ref, at),
    source: (actor, ref, options) => streamSource(context, actor, ref, options?.maxBytes),
    headers: (actor, ref) => readHeaders(context, actor, ref),
    exportMailbox: (actor, mailbox) => exportMailbox(context, actor, mailbox),
    flag: (actor, on, flag, value) => flagMessages(context, actor, on, flag, value),
    unlabel: (actor, on, keywords) => unlabelMessages(context, actor, on, keywords),
    label: (actor, on, keyword, value) => labelMessages(context, actor, on, keyword, value),
    move: (actor, from, to) => moveMessages(context, actor, from, to),
    copy: (actor, from, to) => copyMessages(context, actor, from, to),
    remove: (actor, from, options) =>
      removeMessages(context, actor, from, options?.forGood === true),
    archive: (actor, from, by = 'one') => archiveMessages(context, actor, from, by),
    junk: (actor, from, isJunk) => junkMessages(context, actor, from, isJunk),
    empty: (actor, mailbox, uidValidity) => emptyMailbox(context, actor, mailbox, uidValidity),
    readAll: (actor, mailbox) => readAllMessages(context, actor, mailbox),
    newMailbox: (actor, place) => createAt(context, actor, place),
    placeMailbox: (actor, path, place) => placeAt(context, actor, path, place),
    discardMailbox: (actor, path) => discardOne(context, actor, path),
    subscribeMailbox: (actor, path, on) => subscribeOne(context, actor, path, on),
    sizes: (actor) =>
      context.pool.withConnection(context.access(actor), { kind: 'read' }, readSizes),
    createMailbox: async (actor, path) => createOne(context, actor, path),
    renameMailbox: async (actor, from, to) => renameOne(context, actor, from, to),
    deleteMailbox: async (actor, path) => deleteOne(context, actor, path),
    append: (actor, mailbox, file, options) =>
      inTurn(file.sizeBytes, () => appendMessage(context, actor, mailbox, file, options)),
    findByMessageId: (actor, mailbox, id) => findMessageId(context, actor, mailbox, id),
    expunge: async (actor, from) => {
      await deleteMessages(context, actor, from);
    },
    watch: (actor, mailbox, listener) =>
      holders.addWatch(actor, watchMailbox(context, arrivals, actor, mailbox, listener)),
    release: (session) => {
      if (!holders.release(session)) return;
      deps.pool.close(userKey(session));
      context.caches.deletePrefix(userKey(session));
    },
  };
}
