import { quoted } from '../render';
import type { Session } from '../session';
import type { Account, Mailbox } from '../store';
import { SyntaxProblem, type Token, tokenList, tokenText } from '../tokens';
import { decodePath, encodePath } from '../utf7';
import { statusLine } from './mailbox';
import type { Command } from './types';

const MAX_WILDCARDS = 10; // each one multiplies the work of matching

/** `*` crosses levels, `%` does not (RFC 3501 6.3.8). */
function patternTest(pattern: string): (path: string) => boolean {
  if ((pattern.match(/[*%]+/g)?.length ?? 0) > MAX_WILDCARDS) throw new SyntaxProblem('pattern');
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/[*%]+/g, (run) => (run.includes('*') ? '.*' : '[^/]*'));
  const regex = new RegExp(`^${source}$`, 'su');
  return (path) =>
    regex.test(path) ||
    (path === 'INBOX' && regex.test(pattern.toUpperCase()) && pattern.toUpperCase() === 'INBOX');
}

/** Every path, parents that exist only through their children included (they are \NonExistent). */
function allPaths(account: Account): Map<string, Mailbox | undefined> {
  const paths = new Map<string, Mailbox | undefined>();
  for (const [path, mailbox] of account.mailboxes) {
    const levels = path.split('/');
    for (let depth = 1; depth < levels.length; depth++) {
      const parent = levels.slice(0, depth).join('/');
      if (!paths.has(parent)) paths.set(parent, undefined);
    }
    paths.set(path, mailbox);
  }
  return paths;
}

interface ListRequest {
  readonly onlySpecialUse: boolean;
  readonly onlySubscribed: boolean;
  readonly subscribed: boolean;
  readonly status: readonly string[] | undefined;
  readonly patterns: readonly ((path: string) => boolean)[];
}

function parseRequest(session: Session, args: readonly Token[]): ListRequest {
  const rest = [...args];
  const selection = rest[0]?.kind === 'list' ? tokenList(rest.shift()).map(upper) : [];
  const reference = decodePath(tokenText(rest.shift()));
  const pattern = rest.shift();
  const names = pattern?.kind === 'list' ? pattern.items : [pattern];
  const returning = rest.length > 0 && upper(rest.shift()) === 'RETURN' ? tokenList(rest[0]) : [];
  const extended = selection.length > 0 || returning.length > 0;
  if (extended && !session.has('LIST-EXTENDED') && !session.has('LIST-STATUS')) {
    throw new SyntaxProblem('unexpected arguments');
  }
  const words = returning.map((token) => (token.kind === 'list' ? '' : upper(token)));
  const statusAt = words.indexOf('STATUS');
  if (statusAt !== -1 && !session.has('LIST-STATUS')) throw new SyntaxProblem('no LIST-STATUS');
  return {
    onlySpecialUse: selection.includes('SPECIAL-USE'),
    onlySubscribed: selection.includes('SUBSCRIBED'),
    subscribed: words.includes('SUBSCRIBED') || selection.includes('SUBSCRIBED'),
    status: statusAt === -1 ? undefined : tokenList(returning[statusAt + 1]).map(upper),
    patterns: names.map((name) => patternTest(reference + decodePath(tokenText(name)))),
  };
}

const upper = (token: Token | undefined): string => tokenText(token).toUpperCase();

function list(session: Session, args: readonly Token[]): string {
  const { account } = session;
  if (!account) return 'BAD sign in first';
  const last = args.at(-1);
  if (args.length === 2 && last && last.kind !== 'list' && tokenText(last) === '') {
    session.send('* LIST (\\Noselect) "/" ""\r\n');
    return 'OK done';
  }
  const request = parseRequest(session, args);
  for (const [path, mailbox] of allPaths(account)) {
    if (!request.patterns.some((matches) => matches(path))) continue;
    if (request.onlySpecialUse && !mailbox?.specialUse) continue;
    if (request.onlySubscribed && !mailbox?.subscribed) continue;
    session.send(listLine('LIST', session, account, path, request.subscribed));
    if (request.status && mailbox) session.send(statusLine(session, mailbox, request.status));
  }
  return 'OK done';
}

function listLine(
  command: string,
  session: Session,
  account: Account,
  path: string,
  tellSubscribed: boolean,
): string {
  const mailbox = account.get(path);
  const attributes = [account.hasChildren(path) ? '\\HasChildren' : '\\HasNoChildren'];
  if (!mailbox) attributes.push('\\Noselect', '\\NonExistent');
  if (mailbox?.subscribed && tellSubscribed) attributes.push('\\Subscribed');
  if (mailbox?.specialUse && session.has('SPECIAL-USE')) attributes.push(mailbox.specialUse);
  return `* ${command} (${attributes.join(' ')}) "/" ${quoted(encodePath(path))}\r\n`;
}

function lsub(session: Session, args: readonly Token[]): string {
  const { account } = session;
  if (!account) return 'BAD sign in first';
  const matches = patternTest(decodePath(tokenText(args[0])) + decodePath(tokenText(args[1])));
  for (const [path, mailbox] of account.mailboxes) {
    if (!mailbox.subscribed || !matches(path)) continue;
    session.send(listLine('LSUB', session, account, path, false));
  }
  return 'OK done';
}

export const LIST_COMMANDS: Readonly<Record<string, Command>> = {
  LIST: { needs: 'account', run: list },
  LSUB: { needs: 'account', run: lsub },
};
