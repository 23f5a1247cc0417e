import { type Clock, isoNow } from '../base/clock';
import { toAppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId, TextKey } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Locale, Texts, Translate } from '../kernel/i18n-types';
import type { User } from '../session';
import { type Site, supportFor } from '../sites';
import { SmtpAnswerLost, SmtpRejected } from '../smtp';
import { cannotSend, type SendMailDeps, sendPlatformMail } from './send-mail';
import {
  claimNotice,
  countFailed,
  dueNotices,
  insertNotice,
  postponeNotice,
  purgeNotices,
  settleNotice,
  type WaitingNotice,
} from './store';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const GIVE_UP_MS = DAY_MS; // a word on one's account is of no use later
const LONGEST_WAIT_MS = HOUR_MS;
const CLAIM_MS = 5 * MINUTE_MS; // longer than any sending takes
const KEPT_MS = 30 * DAY_MS;
const BATCH = 50;
/** Mails of one kind that one person gets in a day: who can cause them fills nobody's mailbox. */
export const PERSON_A_DAY = 5;
/** Mails of one kind that the support of a site gets in a day. */
export const SUPPORT_A_DAY = 200;

const SUBJECT_CHARS = 200;
const TEXT_CHARS = 10_000;
const VALUE_CHARS = 300;

/** What a mail says: texts of the catalogue, with values. */
export interface NoticeText {
  readonly subject: TextKey;
  readonly text: TextKey;
  /** Said in the language of who reads: dates, names of browsers. */
  readonly values?: NoticeValues | ((t: Translate, locale: Locale) => NoticeValues);
}

type NoticeValues = Readonly<Record<string, string | number>>;

export interface NotifierDeps extends SendMailDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly texts: Texts;
  readonly sites: readonly Site[];
  /** The language that a person has chosen; that of their row unless told. */
  readonly localeOf?: (user: User) => Promise<Locale>;
}

/** Mails of the platform to people: kept until they are sent, and tried again. */
export interface Notifier {
  /**
   * Writes to a person, in their language; `kind` is what is counted by the day. False when the site
   * writes to nobody, or they had enough of the kind today. Never waits for the server.
   */
  notify(user: User, kind: string, message: NoticeText): Promise<boolean>;
  /** The same to the support of a site, in the site's language. */
  notifySupport(site: SiteId, kind: string, message: NoticeText): Promise<boolean>;
  /** Sends what is due; for the job, and for tests. */
  sendDue(): Promise<void>;
  /** Why the mails of a site do not leave; `undefined` when they do, or there are none to be. */
  problemOf(site: SiteId): Promise<string | undefined>;
  /** Resolves when what is being sent has ended. */
  idle(): Promise<void>;
}

export function createNotifier(deps: NotifierDeps): Notifier {
  const { db, clock, log, texts, sites } = deps;
  const siteOf = (id: SiteId): Site | undefined => sites.find((site) => site.id === id);
  const at = (ms: number): string => new Date(clock.now() + ms).toISOString();
  let sending: Promise<void> = Promise.resolve();

  async function add(
    site: Site,
    notice: {
      readonly user: User | undefined;
      readonly kind: string;
      readonly recipient: string;
      readonly locale: Locale;
      readonly most: number;
    },
    message: NoticeText,
  ): Promise<boolean> {
    const { user, kind, recipient, locale, most } = notice;
    const problem = cannotSend(site);
    if (problem !== undefined) {
      log.warn({ site: site.id, kind, problem }, 'notice/not-sent');
      return false;
    }
    const words = wordsOf(texts, site, locale, message);
    const isAdded = await db.transaction((trx) =>
      insertNotice(
        trx,
        { site: site.id, user: user?.id, kind, recipient, ...words },
        { now: isoNow(clock), since: at(-DAY_MS), most },
      ),
    );
    if (isAdded) soon();
    else log.info({ site: site.id, kind }, 'notice/enough-today');
    return isAdded;
  }

  /** At once, not within the request; what fails is for the job to try again. */
  function soon(): void {
    sending = sending.then(sendDue).catch((err: unknown) => {
      log.error({ err }, 'notice/sending-failed');
    });
  }

  async function sendDue(): Promise<void> {
    for (const notice of await dueNotices(db.knex, isoNow(clock), BATCH)) {
      if (await claimNotice(db.knex, notice, at(CLAIM_MS))) await sendOne(notice);
    }
    await purgeNotices(db.knex, at(-KEPT_MS));
  }

  async function sendOne(notice: WaitingNotice): Promise<void> {
    const { id, kind, recipient, subject, text } = notice;
    const site = siteOf(notice.site);
    if (!site || cannotSend(site) !== undefined) {
      await settleNotice(db.knex, id, 'given-up', 'no-sender');
      return;
    }
    try {
      const date = new Date(clock.now());
      const recipients = [{ name: '', mail: recipient }];
      await sendPlatformMail(deps, site, { recipients, subject, text, date });
      await settleNotice(db.knex, id, 'sent');
      log.info({ site: site.id, kind, tries: notice.tries + 1 }, 'notice/sent');
    } catch (error) {
      await settleFailure(notice, error);
    }
  }

  async function settleFailure(notice: WaitingNotice, error: unknown): Promise<void> {
    const { id, kind, site, tries } = notice;
    const { code } = toAppError(error);
    // Twice is worse than not at all only for what a person wrote: a warning is tried again.
    const isFinal = error instanceof SmtpRejected && error.isPermanent;
    const isOver = clock.now() - Date.parse(notice.createdAt) >= GIVE_UP_MS;
    if (isFinal || isOver) {
      await settleNotice(db.knex, id, 'given-up', code);
      log.error({ err: error, site, kind, tries: tries + 1 }, 'notice/given-up');
      return;
    }
    const waitMs = Math.min(MINUTE_MS * 2 ** Math.min(tries, 10), LONGEST_WAIT_MS);
    await postponeNotice(db.knex, id, at(waitMs), code);
    const isUnknown = error instanceof SmtpAnswerLost;
    log.warn({ site, kind, code, isUnknown, tries: tries + 1 }, 'notice/postponed');
  }

  return {
    async notify(user, kind, message) {
      const site = siteOf(user.site);
      if (!site) return false;
      const locale = (await deps.localeOf?.(user)) ?? user.locale;
      const whom = { user, kind, recipient: user.mail, locale, most: PERSON_A_DAY };
      return add(site, whom, message);
    },
    async notifySupport(id, kind, message) {
      const site = siteOf(id);
      const recipient = site?.support.mail;
      if (!site || recipient === undefined) return false;
      const whom = { user: undefined, kind, recipient, locale: site.locale, most: SUPPORT_A_DAY };
      return add(site, whom, message);
    },
    sendDue,
    async problemOf(id) {
      const site = siteOf(id);
      if (!site?.notices) return undefined;
      const failed = await countFailed(db.knex, id, at(-DAY_MS));
      return cannotSend(site) ?? (failed > 0 ? `${failed} notices given up` : undefined);
    },
    idle: () => sending,
  };
}

/** Subject and text in one language, with where to find help; what people typed stays one line. */
function wordsOf(texts: Texts, site: Site, locale: Locale, { subject, text, values }: NoticeText) {
  const t = texts.for(locale, site.skin);
  const support = supportFor(site, locale);
  const contact = [support.name, support.phone, support.mail, support.url, support.hours]
    .filter((part) => part !== undefined)
    .join('\n');
  const clean = Object.fromEntries(
    Object.entries((typeof values === 'function' ? values(t, locale) : values) ?? {}).map(
      ([name, value]) => [name, typeof value === 'string' ? oneLine(value) : value],
    ),
  );
  const all = { ...clean, site: site.title };
  const body = `${t(text, all)}\n\n${t('notice.foot', { site: site.title })}\n\n${contact}\n`;
  return {
    subject: oneLine(t(subject, all)).slice(0, SUBJECT_CHARS),
    text: body.slice(0, TEXT_CHARS),
  };
}

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, VALUE_CHARS);
