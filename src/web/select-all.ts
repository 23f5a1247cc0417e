import { AppError } from '../base/errors';
import type { Selection } from '../mail';
import { parseListQuery, searchProblems } from './list-query';
import { readerOf } from './mail-page';
import type { OpenCall } from './route';

const MAX_STATE = 4_000;

/**
 * Messages of a whole list, whatever its page: `state` is its query string. One that could not be
 * searched as it is would be another list, or the whole mailbox: refused.
 */
export async function selectAll(
  call: OpenCall,
  selection: Selection,
  state: string,
): Promise<Selection> {
  if (state.length > MAX_STATE) throw new AppError('request/invalid');
  const query = Object.fromEntries(new URLSearchParams(state));
  if (Object.keys(searchProblems(query)).length > 0) throw new AppError('request/invalid');
  const list = parseListQuery(selection.mailbox, query, readerOf(call, selection.mailbox));
  const uids = await call.deps.mail.selectAll(call.actor, list, selection.uidValidity);
  return { ...selection, uids };
}
