import { type FetchItem, parseFetchItems, renderFetch } from '../fetch';
import { parseSearch } from '../search';
import type { Selected } from '../selected';
import type { Session } from '../session';
import { formatSet, parseSet, selectUids } from '../sets';
import { canonicalFlag, type StoredMessage } from '../store';
import { SyntaxProblem, type Token, tokenText } from '../tokens';
import { pathOf } from './mailbox';
import type { Command } from './types';

/** Messages named by a set that this connection knows and that still exist. */
function named(selected: Selected, token: Token | undefined, byUid: boolean): StoredMessage[] {
  const uids = selectUids(selected.view, parseSet(tokenText(token)), byUid);
  return uids.flatMap((uid) => selected.mailbox.find(uid) ?? []);
}

function fetch(
  session: Session,
  selected: Selected,
  args: readonly Token[],
  byUid: boolean,
): string {
  const items = parseFetchItems(args[1]);
  const since = changedSince(session, args[2]);
  const wantsModseq = since !== undefined || items.some((item) => item.name === 'MODSEQ');
  if (wantsModseq && !session.has('CONDSTORE')) throw new SyntaxProblem('no CONDSTORE');
  if (wantsModseq) session.condstore = true;
  const wanted = withExtras(items, byUid, since !== undefined);
  const marks = !selected.readOnly && items.some((item) => item.marksSeen);
  for (const message of named(selected, args[0], byUid)) {
    if (since !== undefined && message.modseq <= since) continue;
    const newlySeen = marks && !message.flags.has('\\Seen');
    if (newlySeen) {
      selected.mailbox.setFlags(message, new Set([...message.flags, '\\Seen']), selected);
    }
    const shown = newlySeen ? withItem(wanted, 'FLAGS') : wanted;
    session.send(`* ${selected.seqOf(message.uid)} FETCH `, ...renderFetch(message, shown), '\r\n');
  }
  return 'OK done';
}

function withExtras(
  items: readonly FetchItem[],
  byUid: boolean,
  modseq: boolean,
): readonly FetchItem[] {
  const withUid = byUid ? withItem(items, 'UID') : items;
  return modseq ? withItem(withUid, 'MODSEQ') : withUid;
}

const withItem = (items: readonly FetchItem[], name: string): readonly FetchItem[] =>
  items.some((item) => item.name === name) ? items : [{ name }, ...items];

/** `(CHANGEDSINCE n)` of FETCH. */
function changedSince(session: Session, token: Token | undefined): number | undefined {
  if (token === undefined) return undefined;
  const [name, value] = token.kind === 'list' ? token.items : [];
  if (tokenText(name).toUpperCase() !== 'CHANGEDSINCE' || !session.has('CONDSTORE')) {
    throw new SyntaxProblem('unknown modifier');
  }
  return Number(tokenText(value));
}

function search(
  session: Session,
  selected: Selected,
  args: readonly Token[],
  byUid: boolean,
): string {
  const program = parseSearch(args, selected.view);
  const found = selected.mailbox.messages.filter(
    (message) => selected.seqOf(message.uid) > 0 && program.test(message),
  );
  const ids = found.map(({ uid }) => (byUid ? uid : selected.seqOf(uid)));
  const highest = found.reduce((top, message) => Math.max(top, message.modseq), 0);
  const modseq = program.usesModseq && found.length > 0 ? ` (MODSEQ ${highest})` : '';
  session.send(`* SEARCH${ids.map((id) => ` ${id}`).join('')}${modseq}\r\n`);
  return 'OK done';
}

function store(
  session: Session,
  selected: Selected,
  args: readonly Token[],
  byUid: boolean,
): string {
  if (selected.readOnly) return 'NO [CANNOT] read-only';
  const rest = args.slice(1);
  const unchangedSince = rest[0]?.kind === 'list' ? unchanged(session, rest.shift()) : undefined;
  const match = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(tokenText(rest[0]));
  if (!match) throw new SyntaxProblem('unknown item');
  const flags = parseFlags(rest.slice(1));
  const refused: number[] = [];
  for (const message of named(selected, args[0], byUid)) {
    if (unchangedSince !== undefined && message.modseq > unchangedSince) {
      refused.push(byUid ? message.uid : selected.seqOf(message.uid));
      continue;
    }
    const before = [...message.flags].sort().join(' ');
    const after = applyFlags(message.flags, match[1] ?? '', flags);
    if ([...after].sort().join(' ') !== before) {
      selected.mailbox.setFlags(message, after, selected);
    }
    if (!match[2] || session.condstore) {
      session.send(session.flagsLine(selected.seqOf(message.uid), message));
    }
  }
  return refused.length > 0 ? `OK [MODIFIED ${formatSet(refused)}] some were newer` : 'OK done';
}

function unchanged(session: Session, token: Token | undefined): number {
  const [name, value] = token?.kind === 'list' ? token.items : [];
  if (tokenText(name).toUpperCase() !== 'UNCHANGEDSINCE' || !session.has('CONDSTORE')) {
    throw new SyntaxProblem('unknown modifier');
  }
  session.condstore = true;
  return Number(tokenText(value));
}

function parseFlags(tokens: readonly Token[]): string[] {
  const items = tokens[0]?.kind === 'list' ? tokens[0].items : tokens;
  return items.map((item) => canonicalFlag(tokenText(item)));
}

function applyFlags(
  current: ReadonlySet<string>,
  sign: string,
  flags: readonly string[],
): Set<string> {
  if (sign === '+') return new Set([...current, ...flags]);
  if (sign === '-') return new Set([...current].filter((flag) => !flags.includes(flag)));
  return new Set(flags);
}

function copy(
  session: Session,
  selected: Selected,
  args: readonly Token[],
  byUid: boolean,
): string {
  const { account } = session;
  const target = account?.get(pathOf(args[1]));
  if (!account || !target) return 'NO [TRYCREATE] no such mailbox';
  const messages = named(selected, args[0], byUid);
  const added = messages.reduce((sum, message) => sum + message.raw.length, 0);
  if (account.usedBytes() + added > account.quotaBytes) return 'NO [OVERQUOTA] no room left';
  return `OK ${copyInto(session, messages, target)}done`;
}

/** Copies and returns the COPYUID code (RFC 4315 3), followed by a space. */
function copyInto(
  session: Session,
  messages: readonly StoredMessage[],
  target: Selected['mailbox'],
): string {
  const copies = messages.map(({ raw, flags, internalDate }) =>
    target.add({ raw, flags: [...flags], internalDate }),
  );
  if (!session.has('UIDPLUS') || copies.length === 0) return '';
  const sets = [messages, copies].map((list) => formatSet(list.map(({ uid }) => uid)));
  return `[COPYUID ${target.uidValidity} ${sets.join(' ')}] `;
}

function move(
  session: Session,
  selected: Selected,
  args: readonly Token[],
  byUid: boolean,
): string {
  if (selected.readOnly) return 'NO [CANNOT] read-only';
  const target = session.account?.get(pathOf(args[1]));
  if (!target) return 'NO [TRYCREATE] no such mailbox';
  const messages = named(selected, args[0], byUid);
  const code = copyInto(session, messages, target);
  if (code !== '') session.send(`* OK ${code}moved\r\n`);
  selected.mailbox.remove(new Set(messages.map(({ uid }) => uid)));
  return 'OK done';
}

type SelectedRun = typeof fetch;

const onSelected = (run: SelectedRun, capability?: string): Command => ({
  needs: 'mailbox',
  byUid: true,
  ...(capability ? { capability } : {}),
  run: (session, args, byUid) =>
    session.selected ? run(session, session.selected, args, byUid) : 'BAD no mailbox selected',
});

export const MESSAGE_COMMANDS: Readonly<Record<string, Command>> = {
  FETCH: onSelected(fetch),
  SEARCH: onSelected(search),
  STORE: onSelected(store),
  COPY: onSelected(copy),
  MOVE: onSelected(move, 'MOVE'),
};
