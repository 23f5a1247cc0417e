import { parseDate } from '../fetch';
import type { Session } from '../session';
import { SyntaxProblem, type Token, tokenList, tokenText } from '../tokens';
import { pathOf } from './mailbox';
import type { Command } from './types';

function append(session: Session, args: readonly Token[]): string {
  const { account } = session;
  if (!account) return 'BAD sign in first';
  const path = pathOf(args[0]);
  const refusal = session.context.faults.appendRefusalOf(path);
  if (refusal) return refusal;
  const mailbox = account.get(path);
  if (!mailbox) return 'NO [TRYCREATE] no such mailbox';
  const message = args.at(-1);
  if (message?.kind !== 'string' || args.length < 2) throw new SyntaxProblem('literal expected');
  const options = args.slice(1, -1);
  const flags = options[0]?.kind === 'list' ? tokenList(options.shift()).map(tokenText) : [];
  const internalDate = options[0] ? parseDate(tokenText(options[0])) : new Date();
  if (!internalDate) throw new SyntaxProblem('bad date');
  if (account.usedBytes() + message.bytes.length > account.quotaBytes) {
    return 'NO [OVERQUOTA] no room left';
  }
  const { uid } = mailbox.add({ raw: message.bytes, flags, internalDate });
  return session.has('UIDPLUS') ? `OK [APPENDUID ${mailbox.uidValidity} ${uid}] done` : 'OK done';
}

export const APPEND_COMMANDS: Readonly<Record<string, Command>> = {
  APPEND: { needs: 'account', run: append },
};
