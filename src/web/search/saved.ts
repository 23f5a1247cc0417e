import { readSearches } from '../../mail';
import type { MailFrame } from '../mail-page';
import type { FolderPane } from '../pages/shell';
import type { OpenCall } from '../route';
import { unreadOf } from './counts';
import { prepareText } from './page';
import { searchHref } from './request';

/** Saved searches as the pane shows them, below the mailboxes. */
export async function savedLinks(
  call: OpenCall,
  frame: Pick<MailFrame, 'account' | 'trouble'>,
): Promise<NonNullable<FolderPane['searches']>> {
  const { deps, actor, req } = call;
  const searches = await readSearches(deps.settings, actor.user.id);
  const current = req.path === '/search' ? req.query['q'] : undefined;
  return searches.map((search) => ({
    id: search.id,
    label: search.name,
    href: searchHref({ text: search.text, by: 'date', box: '' }),
    isCurrent: current === search.text,
    unseen:
      search.isCounted && !frame.trouble
        ? unreadOf(call, search, (text) => prepareText(call, frame, text))
        : 0,
  }));
}
