import type { SuggestedList, Suggestion } from '../compose';
import type { Translate } from '../kernel/i18n-types';

const KINDS: Readonly<Record<SuggestedList['kind'], string>> = {
  list: 'compose.members.list',
  group: 'compose.members.group',
};

/** « Liste, 12 membres ». */
export const listLabel = ({ kind, count }: SuggestedList, t: Translate): string =>
  t(KINDS[kind], { count });

/** Where a suggestion comes from; a source that has no name of ours is left unnamed. */
export function sourceLabel({ source }: Suggestion, t: Translate): string {
  const key = `compose.source.${source}`;
  const label = t(key);
  return label === key ? '' : label;
}
