import { type Desk, hrefOf } from './common';
import { isoOf } from './dates';

/** What a button of a view is: its key, and where a narrow window has no room for it. */
interface ViewLink {
  readonly label: string;
  readonly title: string;
  readonly href: string;
  readonly key: string;
  readonly isCurrent: boolean;
  /** `narrow`: only there; `wide`: not there. */
  readonly on: '' | 'narrow' | 'wide';
}

/** The buttons of views, planning included, around a day. */
export function viewLinks(
  { context, t, today, preferences }: Pick<Desk, 'context' | 't' | 'today' | 'preferences'>,
  current: string,
  on: number,
): readonly ViewLink[] {
  const at = on === today ? '' : isoOf(on);
  const count = preferences.working.days.length || 7;
  const link = (
    view: string,
    label: string,
    { key = '', title = label, where = '' as ViewLink['on'] } = {},
  ): ViewLink => ({
    label,
    title,
    key,
    on: where,
    href:
      view === 'planning'
        ? hrefOf(context, 'planning', { on: at })
        : hrefOf(context, '', { view, on: at }),
    isCurrent: view === current,
  });
  return [
    link('day', t('calendar:view.day'), { key: 'd' }),
    link('three', t('calendar:view.three'), { where: 'narrow' }),
    link('work', t('calendar:view.work', { count }), {
      key: 's',
      title: t('calendar:view.workTitle'),
      where: 'wide',
    }),
    link('week', t('calendar:view.week'), { key: 'w', where: 'wide' }),
    link('month', t('calendar:view.month'), { key: 'm' }),
    link('list', t('calendar:view.list'), { key: 'l' }),
    link('planning', t('calendar:view.planning'), { key: 'p' }),
  ];
}
