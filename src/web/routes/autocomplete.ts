import type { SuggestedList, SuggestionPurpose } from '../../compose';
import type { Translate } from '../../kernel/i18n-types';
import type { OpenCall, RouteSpec } from '../route';
import { listLabel, sourceLabel } from '../suggestion-texts';

const MAX_QUERY_CHARS = 100;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const purposeOf = (asked: unknown): SuggestionPurpose =>
  asked === 'share' || asked === 'attendee' ? asked : 'to';

/** People and lists for a field of addresses. */
async function autocomplete({ deps, actor, req, res, ctx: { t } }: OpenCall): Promise<void> {
  const q = textOf(req.query['q']).slice(0, MAX_QUERY_CHARS);
  const purpose = purposeOf(req.query['for']);
  const items = q.trim() === '' ? [] : await deps.compose.suggest(actor, q, purpose);
  res.json({
    items: items.map((item) => ({
      name: item.name,
      mail: item.mail,
      source: sourceLabel(item, t),
      ...(item.list && { list: listItem(item.list, t) }),
    })),
  });
}

const listItem = (list: SuggestedList, t: Translate) => ({
  label: listLabel(list, t),
  count: list.count,
  href: membersHref(list.id),
});

/** Where a page asks who stands behind a list, by `plugin:id`. */
export const membersHref = (list: string): string =>
  `/autocomplete/members?${new URLSearchParams({ list }).toString()}`;

/** Who stands behind a list that was suggested, for who may see them. */
async function members({ deps, actor, req, res }: OpenCall): Promise<void> {
  const found = await deps.compose.expand(actor, textOf(req.query['list']));
  res.json({ items: found.members, isCut: found.isCut });
}

export const autocompleteRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/autocomplete', access: 'open', handle: autocomplete },
  { method: 'get', path: '/autocomplete/members', access: 'open', handle: members },
];
