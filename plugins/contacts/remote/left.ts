import { REMOTE_BOOKS, type Tables } from '../store/tables';
import { REMOTE_CARDS, type RemoteCardRow } from './tables';
import type { LeftOut, Reason } from './types';

/** Named of an account; of the others their number. */
const NAMED = 20;

interface Left {
  readonly first: readonly LeftOut[];
  readonly count: number;
}

/** What could not be copied, by account. */
export async function leftOf(
  table: Tables,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, Left>> {
  const found = new Map<string, Left>();
  const rows = (account: string) =>
    table(REMOTE_CARDS)
      .join(REMOTE_BOOKS, `${REMOTE_BOOKS}.book_key`, `${REMOTE_CARDS}.book_key`)
      .where({ account_id: account })
      .whereNot({ problem: '' });
  for (const account of accounts) {
    const [{ count = 0 } = {}]: { count?: number }[] = await rows(account).count({ count: '*' });
    if (Number(count) === 0) continue;
    const named: Pick<RemoteCardRow, 'href' | 'problem'>[] = await rows(account)
      .orderBy(`${REMOTE_CARDS}.href`)
      .limit(NAMED)
      .select(`${REMOTE_CARDS}.href`, 'problem');
    const first = named.map(({ href, problem }) => ({ href, reason: problem as Reason })); // not ''
    found.set(account, { first, count: Number(count) });
  }
  return found;
}
