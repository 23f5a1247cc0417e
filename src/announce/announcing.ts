import type { Clock } from '../base/clock';
import type { Translate } from '../kernel/i18n-types';
import type { Mail, Mailbox, NewsPlace, NewsRow } from '../mail';
import type { Actor } from '../session';
import type { CoreSettings } from '../settings';
import { isQuiet } from './quiet-hours';
import { isTold } from './told';

/** Mailboxes that are told of; each is a command of its own on the mail server. */
export const MAX_MAILBOXES = 10;
/** Notices of one look: of more, one says how many. */
const MAX_NOTICES = 3;
const MAX_SUBJECT = 200;

/** What a device shows of a message that came. */
export interface Notice {
  /** One of the same name replaces it. */
  readonly tag: string;
  readonly mailbox: string;
  readonly uid: number;
  readonly title: string;
  readonly text: string;
}

export interface Announcement {
  /** Where the mailboxes stand now: to be asked with the next time. */
  readonly places: readonly NewsPlace[];
  /** The agent wants no notice now; what came meanwhile is not told afterwards. */
  readonly isQuiet: boolean;
  readonly notices: readonly Notice[];
}

export interface Reader {
  readonly actor: Actor;
  readonly core: CoreSettings;
  readonly t: Translate;
}

const flat = (mailboxes: readonly Mailbox[]): readonly Mailbox[] =>
  mailboxes.flatMap((one) => [one, ...flat(one.children)]);

/** What came into the mailboxes that an agent chose since `known`, as much as they want shown. */
export async function announce(
  { mail, clock }: { readonly mail: Mail; readonly clock: Clock },
  reader: Reader,
  known: readonly NewsPlace[],
): Promise<Announcement> {
  const { actor, core } = reader;
  const { mailboxes } = await mail.account(actor);
  const told = flat(mailboxes).filter((one) => one.isSelectable && isTold(core.marks, one));
  const paths = told.slice(0, MAX_MAILBOXES).map(({ path }) => path);
  const ids = core.muted.flatMap((one) => one.ids);
  for (const path of ids.length > 0 ? paths : []) await mail.quietMuted(actor, path, ids);
  const { places, rows } = await mail.news(actor, paths, known);
  const quiet = isQuiet(core.notices, clock.now(), actor.site.timeZone);
  return { places, isQuiet: quiet, notices: quiet ? [] : noticesOf(reader, told, rows) };
}

function noticesOf(
  reader: Reader,
  told: readonly Mailbox[],
  rows: readonly NewsRow[],
): readonly Notice[] {
  const { t, core } = reader;
  const newest = [...rows]
    .sort((a, b) => a.row.date.localeCompare(b.row.date))
    .map((one) => noticeOf(reader, told, one));
  if (newest.length <= MAX_NOTICES) return newest;
  const last = newest.at(-1);
  if (!last) return [];
  const title = t('announce.many', { count: newest.length });
  return [{ ...last, tag: 'many', title, text: core.notices.content === 'none' ? '' : last.title }];
}

/** As much of a message as its agent lets others read over their shoulder. */
function noticeOf(
  { t, core }: Reader,
  told: readonly Mailbox[],
  { mailbox, row }: NewsRow,
): Notice {
  const [sender] = row.from;
  const who = sender?.name || sender?.mail || t('announce.noSender');
  const subject = row.subject === '' ? t('mail.noSubject') : row.subject.slice(0, MAX_SUBJECT);
  const where = placeName(
    told.find(({ path }) => path === mailbox),
    t,
  );
  const { content } = core.notices;
  return {
    tag: `${mailbox}:${row.uid}`,
    mailbox,
    uid: row.uid,
    title: content === 'none' ? t('announce.one') : who,
    text: [content === 'full' ? subject : '', where].filter((part) => part !== '').join('\n'),
  };
}

/** Where it is, unless that is where everything comes. */
function placeName(mailbox: Mailbox | undefined, t: Translate): string {
  if (!mailbox || mailbox.specialUse === 'inbox') return '';
  return mailbox.specialUse === undefined ? mailbox.name : t(`mail.folder.${mailbox.specialUse}`);
}
