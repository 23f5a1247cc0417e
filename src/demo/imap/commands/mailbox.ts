import { quoted } from '../render';
import type { Session } from '../session';
import { type Account, canonicalPath, type Mailbox } from '../store';
import { SyntaxProblem, type Token, tokenList, tokenText } from '../tokens';
import { decodePath, encodePath } from '../utf7';
import type { Command } from './types';

const MAX_MAILBOXES = 10_000;
const QUOTA_ROOT = '"User quota"';

export const pathOf = (token: Token | undefined): string =>
  canonicalPath(decodePath(tokenText(token)));

const MISSING = 'NO [NONEXISTENT] no such mailbox';

/** `* STATUS …` of one mailbox; unknown items are a syntax error. */
export function statusLine(session: Session, mailbox: Mailbox, items: readonly string[]): string {
  const values = items.map((item) => `${item} ${statusValue(session, mailbox, item)}`);
  return `* STATUS ${quoted(encodePath(mailbox.path))} (${values.join(' ')})\r\n`;
}

function statusValue(session: Session, mailbox: Mailbox, item: string): number {
  switch (item) {
    case 'MESSAGES':
      return mailbox.messages.length;
    case 'RECENT':
      return 0;
    case 'UIDNEXT':
      return mailbox.uidNext;
    case 'UIDVALIDITY':
      return mailbox.uidValidity;
    case 'UNSEEN':
      return mailbox.unseen().length;
    case 'SIZE':
      if (!session.has('STATUS=SIZE')) throw new SyntaxProblem('no STATUS=SIZE');
      return mailbox.sizeBytes();
    case 'HIGHESTMODSEQ':
      if (!session.has('CONDSTORE')) throw new SyntaxProblem('no CONDSTORE');
      session.condstore = true;
      return mailbox.modseq;
    default:
      throw new SyntaxProblem('unknown status item');
  }
}

function status(session: Session, args: readonly Token[]): string {
  const mailbox = session.account?.get(pathOf(args[0]));
  if (!mailbox) return MISSING;
  const items = tokenList(args[1]).map((item) => tokenText(item).toUpperCase());
  session.send(statusLine(session, mailbox, items));
  return 'OK done';
}

function create(account: Account, token: Token | undefined): string {
  const path = pathOf(token).replace(/\/$/, '');
  // Empty levels and control characters (anything below the space, and DEL) are refused.
  if (path === '' || /\/\/|^\/|[^ -~\u0080-\uffff]/.test(path)) return 'NO [CANNOT] bad name';
  if (account.get(path)) return 'NO [ALREADYEXISTS] this mailbox exists';
  if (account.mailboxes.size >= MAX_MAILBOXES) return 'NO [LIMIT] too many mailboxes';
  account.create(path).subscribed = false;
  return 'OK done';
}

function remove(account: Account, token: Token | undefined): string {
  const path = pathOf(token);
  if (path === 'INBOX') return 'NO [CANNOT] INBOX stays';
  if (!account.mailboxes.delete(path)) return MISSING;
  return 'OK done';
}

function rename(account: Account, from: string, to: string): string {
  const mailbox = account.get(from);
  if (!mailbox && !account.hasChildren(from)) return MISSING;
  if (account.get(to)) return 'NO [ALREADYEXISTS] this mailbox exists';
  if (from === 'INBOX' || to === '' || to.startsWith(`${from}/`)) return 'NO [CANNOT] bad name';
  const moved = [...account.mailboxes.values()].filter(
    ({ path }) => path === from || path.startsWith(`${from}/`),
  );
  for (const one of moved) {
    account.mailboxes.delete(one.path);
    one.path = to + one.path.slice(from.length);
    account.mailboxes.set(one.path, one);
  }
  return 'OK done';
}

function subscribe(account: Account, token: Token | undefined, on: boolean): string {
  const mailbox = account.get(pathOf(token));
  if (!mailbox) return on ? MISSING : 'OK done';
  mailbox.subscribed = on;
  return 'OK done';
}

function sendQuota(session: Session, account: Account): void {
  const kilobytes = (bytes: number): number => Math.ceil(bytes / 1024);
  const used = kilobytes(account.usedBytes());
  session.send(`* QUOTA ${QUOTA_ROOT} (STORAGE ${used} ${kilobytes(account.quotaBytes)})\r\n`);
}

function quotaRoot(session: Session, account: Account, token: Token | undefined): string {
  const path = pathOf(token);
  if (!account.get(path)) return MISSING;
  session.send(`* QUOTAROOT ${quoted(encodePath(path))} ${QUOTA_ROOT}\r\n`);
  sendQuota(session, account);
  return 'OK done';
}

type AccountRun = (account: Account, args: readonly Token[], session: Session) => string;

const onAccount = (run: AccountRun, capability?: string): Command => ({
  needs: 'account',
  ...(capability ? { capability } : {}),
  run: (session, args) =>
    session.account ? run(session.account, args, session) : 'BAD sign in first',
});

export const MAILBOX_COMMANDS: Readonly<Record<string, Command>> = {
  STATUS: { needs: 'account', run: status },
  CREATE: onAccount((account, [path]) => create(account, path)),
  DELETE: onAccount((account, [path]) => remove(account, path)),
  RENAME: onAccount((account, [from, to]) => rename(account, pathOf(from), pathOf(to))),
  SUBSCRIBE: onAccount((account, [path]) => subscribe(account, path, true)),
  UNSUBSCRIBE: onAccount((account, [path]) => subscribe(account, path, false)),
  GETQUOTAROOT: onAccount((account, [path], session) => quotaRoot(session, account, path), 'QUOTA'),
  GETQUOTA: onAccount((account, _args, session) => {
    sendQuota(session, account);
    return 'OK done';
  }, 'QUOTA'),
};
