import { AppError } from '../base/errors';
import type { Actor } from '../session/types';
import type { ComposeContext } from './context';
import { LIST_ID_CHARS } from './hooks';
import type { ExpandedList } from './types';

/** More people in one message than sites allow by default: a list is no way around that. */
const MAX_MEMBERS = 500;

/**
 * Who stands behind a list: its own plugin says it, by the rights of the person who asks now. The id
 * comes from a page, and an answer of any other plugin is none.
 */
export async function expandList(
  { hooks }: Pick<ComposeContext, 'hooks'>,
  actor: Actor,
  id: string,
): Promise<ExpandedList> {
  const end = id.indexOf(':');
  const [plugin, list] = [id.slice(0, Math.max(0, end)), id.slice(end + 1)];
  const isId = plugin !== '' && list !== '' && list.length <= LIST_ID_CHARS;
  const answer = isId
    ? await hooks.first(actor.scope, 'contact:expand', {
        plugin,
        list,
        limit: MAX_MEMBERS,
        user: actor.user.id,
      })
    : undefined;
  if (answer?.plugin !== plugin) {
    throw new AppError('request/not-found', { details: { list: plugin } });
  }
  const members = eachOnce(answer.answer.members);
  return {
    members: members.slice(0, MAX_MEMBERS),
    isCut: answer.answer.isCut || members.length > MAX_MEMBERS,
  };
}

/** Somebody who is in a list by two names is one recipient. */
function eachOnce(members: ExpandedList['members']): ExpandedList['members'] {
  const byMail = new Map(members.map((one) => [one.mail.toLowerCase(), one]));
  return [...byMail.values()].map(({ name, mail }) => ({ name, mail }));
}
