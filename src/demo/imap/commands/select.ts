import type { Selected } from '../selected';
import type { Session } from '../session';
import { parseSet, selectUids } from '../sets';
import { type Token, tokenText } from '../tokens';
import { pathOf } from './mailbox';
import type { Command } from './types';

const FLAGS = '\\Answered \\Flagged \\Deleted \\Seen \\Draft';

function open(session: Session, args: readonly Token[], readOnly: boolean): string {
  const mailbox = session.account?.get(pathOf(args[0]));
  session.unselect();
  if (!mailbox) return 'NO [NONEXISTENT] no such mailbox';
  const options = args[1]?.kind === 'list' ? args[1].items.map((item) => tokenText(item)) : [];
  if (options.some((option) => option.toUpperCase() === 'CONDSTORE')) session.condstore = true;
  session.select(mailbox, readOnly);
  const keywords = new Set(mailbox.messages.flatMap((message) => [...message.flags]));
  const shown = [...keywords].filter((flag) => !flag.startsWith('\\'));
  const unseen = mailbox.messages.findIndex((message) => !message.flags.has('\\Seen'));
  const lines = [
    `FLAGS (${[FLAGS, ...shown].join(' ')})`,
    `OK [PERMANENTFLAGS (${readOnly ? '' : [FLAGS, ...shown, '\\*'].join(' ')})] flags`,
    `${mailbox.messages.length} EXISTS`,
    '0 RECENT',
    ...(unseen === -1 ? [] : [`OK [UNSEEN ${unseen + 1}] first unseen`]),
    `OK [UIDVALIDITY ${mailbox.uidValidity}] valid`,
    `OK [UIDNEXT ${mailbox.uidNext}] next`,
    ...(session.has('CONDSTORE') ? [`OK [HIGHESTMODSEQ ${mailbox.modseq}] highest`] : []),
  ];
  session.send(lines.map((line) => `* ${line}\r\n`).join(''));
  return `OK [${readOnly ? 'READ-ONLY' : 'READ-WRITE'}] done`;
}

/** Removes what is marked \Deleted, among `uids` when given. */
function expunge({ mailbox }: Selected, uids?: readonly number[]): void {
  const marked = mailbox.messages.filter((message) => message.flags.has('\\Deleted'));
  const among = uids && new Set(uids);
  mailbox.remove(new Set(marked.map(({ uid }) => uid).filter((uid) => !among || among.has(uid))));
}

export const SELECT_COMMANDS: Readonly<Record<string, Command>> = {
  SELECT: { needs: 'account', run: (session, args) => open(session, args, false) },
  EXAMINE: { needs: 'account', run: (session, args) => open(session, args, true) },
  CHECK: { needs: 'mailbox', run: () => 'OK done' },
  CLOSE: {
    needs: 'mailbox',
    run(session) {
      const { selected } = session;
      session.unselect();
      if (selected && !selected.readOnly) expunge(selected);
      return 'OK done';
    },
  },
  UNSELECT: {
    needs: 'mailbox',
    capability: 'UNSELECT',
    run(session) {
      session.unselect();
      return 'OK done';
    },
  },
  EXPUNGE: {
    needs: 'mailbox',
    byUid: true,
    run(session, args, byUid) {
      const { selected } = session;
      if (!selected || selected.readOnly) return 'NO [CANNOT] read-only';
      if (byUid && !session.has('UIDPLUS')) return 'BAD unknown command';
      const set = byUid ? parseSet(tokenText(args[0])) : undefined;
      expunge(selected, set && selectUids(selected.view, set, true));
      return 'OK done';
    },
  },
};
