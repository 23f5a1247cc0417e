import { mapLimit } from '../base/async';
import { type Clock, isoNow } from '../base/clock';
import { AppError, toAppError } from '../base/errors';
import { sha256 } from '../base/ids';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Metrics } from '../kernel/meter';
import { newMessageId } from '../mime';
import type { Site } from '../sites';
import { SmtpAnswerLost, SmtpRejected } from '../smtp';
import {
  claimPost,
  countRecipients,
  duePosts,
  enterData,
  findPost,
  insertPost,
  mostOfOne,
  type PostKey,
  type PostMessage,
  postponePost,
  purgePosts,
  settleLost,
  settlePost,
  type WaitingPost,
} from './post-store';
import { cannotSend, type SendMailDeps, sendPlatformMail } from './send-mail';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const GIVE_UP_MS = 3 * DAY_MS; // as mail servers do; an invitation is of use that long
const LONGEST_WAIT_MS = HOUR_MS;
const CLAIM_MS = 5 * MINUTE_MS; // longer than any sending takes
const KEPT_MS = 30 * DAY_MS;
const BATCH = 50;
const AT_ONCE = 4;
const MOST_BATCHES = 20;
/** Recipients of one plugin on one site in an hour, unless the operator says otherwise. */
export const RECIPIENTS_AN_HOUR = 500;
/** Mails of one plugin that one address gets in a day: nobody fills a mailbox by it. */
export const ADDRESS_A_DAY = 50;

/** A mail of a plugin, sent by the site with nobody there. */
export interface NewPost extends PostMessage {
  readonly site: SiteId;
  readonly plugin: string;
  /** One mail for one key, whoever asks how often. */
  readonly key: string;
}

/** What became of it; `refused` is as if nobody had asked. */
export type PostAnswer =
  | {
      readonly state: 'waiting' | 'sent' | 'unknown' | 'given-up';
      /** Addresses that the server would not take. */
      readonly rejected: readonly string[];
    }
  | { readonly state: 'refused'; readonly reason: 'no-sender' | 'hour' | 'recipient' };

export interface PostsDeps extends SendMailDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly sites: readonly Site[];
  readonly metrics?: Metrics;
  /** Plugin id → recipients an hour. */
  readonly anHour: Readonly<Record<string, number>>;
  /** A line of the audit log, for each mail that is taken. */
  readonly audit: (entry: {
    readonly site: SiteId;
    readonly event: string;
    readonly details: Readonly<Record<string, string | number>>;
  }) => Promise<void>;
}

/** Mails of plugins with nobody there: kept until they are sent, once each. */
export interface Posts {
  /** Takes a mail to send it soon, or tells what became of the one of its key. */
  post(post: NewPost): Promise<PostAnswer>;
  /** Sends what is due; for the job, and for tests. */
  sendDue(): Promise<void>;
  /** Resolves when what is being sent has ended. */
  idle(): Promise<void>;
}

export function createPosts(deps: PostsDeps): Posts {
  const { db, clock, log, sites } = deps;
  const siteOf = (id: SiteId): Site | undefined => sites.find((site) => site.id === id);
  const at = (ms: number): string => new Date(clock.now() + ms).toISOString();
  let sending: Promise<void> = Promise.resolve();

  function count(plugin: string, outcome: string): void {
    deps.metrics
      ?.counter('posts_total', 'Mails of plugins sent by the site, by outcome', [
        'plugin',
        'outcome',
      ])
      .inc({ plugin, outcome });
  }

  async function post({ site: id, plugin, key, ...message }: NewPost): Promise<PostAnswer> {
    const site = siteOf(id);
    const keyed: PostKey = { plugin, site: id, keyHash: sha256(key) };
    const answer = await db.transaction(async (trx): Promise<PostAnswer | 'taken'> => {
      const known = await findPost(trx, keyed);
      if (known) return { ...known, state: known.state === 'data' ? 'waiting' : known.state };
      const problem = site ? cannotSend(site) : 'no-sender';
      if (!site?.notices || problem !== undefined) return { state: 'refused', reason: 'no-sender' };
      const most = deps.anHour[plugin] ?? RECIPIENTS_AN_HOUR;
      const before = await countRecipients(trx, keyed, at(-HOUR_MS));
      if (before + message.to.length > most) return { state: 'refused', reason: 'hour' };
      const hashes = message.to.map(({ mail }) => sha256(`${plugin} ${id} ${mail.toLowerCase()}`));
      if ((await mostOfOne(trx, hashes, at(-DAY_MS))) >= ADDRESS_A_DAY) {
        return { state: 'refused', reason: 'recipient' };
      }
      const messageId = newMessageId({ name: '', mail: site.notices.from });
      await insertPost(trx, keyed, { message, messageId, hashes }, isoNow(clock));
      return 'taken';
    });
    if (answer !== 'taken') {
      if (answer.state === 'refused') {
        log.warn({ site: id, plugin, reason: answer.reason }, 'post/refused');
        count(plugin, 'refused');
      }
      return answer;
    }
    const recipients = message.to.length;
    await deps.audit({ site: id, event: 'mail:posted', details: { plugin, recipients } });
    soon();
    return { state: 'waiting', rejected: [] };
  }

  /** At once, not within the request; what fails is for the job to try again. */
  function soon(): void {
    sending = sending.then(sendDue).catch((err: unknown) => {
      log.error({ err }, 'post/sending-failed');
    });
  }

  async function sendDue(): Promise<void> {
    const lost = await settleLost(db.knex, isoNow(clock));
    if (lost > 0) log.warn({ count: lost }, 'post/unknown');
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const due = await duePosts(db.knex, isoNow(clock), BATCH);
      await mapLimit(due, AT_ONCE, async (one) => {
        if (await claimPost(db.knex, one, at(CLAIM_MS))) await sendOne(one);
      });
      if (due.length < BATCH) break;
    }
    await purgePosts(db.knex, at(-KEPT_MS));
  }

  async function sendOne(one: WaitingPost): Promise<void> {
    const { id, plugin, message, messageId } = one;
    const site = siteOf(one.site);
    if (!site || !message) {
      await settle(one, 'given-up', { problem: 'no-sender' });
      return;
    }
    try {
      const { rejected } = await sendPlatformMail(deps, site, {
        recipients: message.to,
        // Who reads sees that a program wrote, and for whom.
        fromName: message.fromName ? `${message.fromName} via ${site.title}` : undefined,
        replyTo: message.replyTo,
        subject: message.subject,
        text: message.text,
        calendar: message.calendar,
        date: new Date(clock.now()),
        messageId,
        beforeLast: async () => {
          // Somebody took this process for dead: they send it.
          if (!(await enterData(db.knex, one))) throw new AppError('draft/conflict');
        },
      });
      await settle(one, 'sent', { rejected: rejected.map(({ mail }) => mail) });
    } catch (error) {
      if (error instanceof AppError && error.code === 'draft/conflict') return;
      await settleFailure(one, error).catch((err: unknown) => {
        log.error({ err, plugin, post: id }, 'post/not-settled');
      });
    }
  }

  async function settle(
    one: WaitingPost,
    state: 'sent' | 'unknown' | 'given-up',
    how: Parameters<typeof settlePost>[3],
  ): Promise<void> {
    const { id, plugin, site, tries } = one;
    if ((await settlePost(db.knex, one, state, how)) === 0) return;
    count(plugin, state);
    const fields = { site, plugin, post: id, tries: tries + 1, ...how, rejected: undefined };
    if (state === 'sent') log.info(fields, 'post/sent');
    else log.error(fields, `post/${state}`);
  }

  async function settleFailure(one: WaitingPost, error: unknown): Promise<void> {
    const { code } = toAppError(error);
    // It may have left: once is what was promised.
    if (error instanceof SmtpAnswerLost) return settle(one, 'unknown', { problem: code });
    const isFinal = error instanceof SmtpRejected && error.isPermanent;
    const isOver = clock.now() - Date.parse(one.createdAt) >= GIVE_UP_MS;
    if (isFinal || isOver) {
      const rejected = error instanceof SmtpRejected ? error.rejected.map(({ mail }) => mail) : [];
      return settle(one, 'given-up', { problem: code, rejected });
    }
    const waitMs = Math.min(MINUTE_MS * 2 ** Math.min(one.tries, 10), LONGEST_WAIT_MS);
    if ((await postponePost(db.knex, one, at(waitMs), code)) === 0) return;
    count(one.plugin, 'postponed');
    log.warn({ plugin: one.plugin, post: one.id, code, tries: one.tries + 1 }, 'post/postponed');
  }

  return { post, sendDue, idle: () => sending };
}
