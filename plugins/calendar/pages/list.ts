import { type Desk, hrefOf } from './common';
import { isoOf } from './dates';
import { byDay, byHour, drawing, type Item, itemsOf, type Timed } from './items';
import { capital } from './words';

/** How far a search goes, in days. */
const PAST_DAYS = 2 * 366;
const COMING_DAYS = 3 * 366;
const FOUND_MAX = 200;

const rowOf =
  ({ words, t }: Desk, day: number) =>
  (item: Item) => ({
    ...item,
    isBegun: item.firstDay < day,
    time: item.isAllDay
      ? t('calendar:list.allDay')
      : item.isLong
        ? item.firstDay === day
          ? t('calendar:list.from', { time: words.time(item.start) })
          : item.lastDay === day
            ? t('calendar:list.until', { time: words.time(item.end) })
            : t('calendar:list.allDay')
        : '',
  });

const dayModel = (desk: Desk, day: number, items: readonly Timed[]) => ({
  label: capital(desk.words.day(day, 'dayYear')),
  relative:
    day === desk.today
      ? desk.t('calendar:list.today')
      : day === desk.today + 1
        ? desk.t('calendar:list.tomorrow')
        : '',
  isToday: day === desk.today,
  href: hrefOf(desk.context, '', { view: 'day', on: isoOf(day) }),
  newHref: hrefOf(desk.context, 'edit', { start: isoOf(day) }),
  events: items.map(drawing(desk)).map(rowOf(desk, day)),
});

/** Days on which something is, and today. */
export function listModel(
  desk: Desk,
  { from, to }: { readonly from: number; readonly to: number },
  items: readonly Timed[],
) {
  return {
    from: desk.words.day(from, 'date'),
    to: desk.words.day(to - 1, 'date'),
    days: [...byDay([...items].sort(byHour), { from, to })]
      .map(([day, there]) => dayModel(desk, day, there))
      .filter(({ events, isToday }) => events.length > 0 || isToday),
  };
}

/** What has all the words that were typed: what is to come, then what was, the latest first. */
export async function searchModel(desk: Desk, text: string) {
  const { today } = desk;
  const ask = (from: number, to: number) => itemsOf(desk, { from, to, text });
  const [coming, past] = [
    await ask(today, today + COMING_DAYS),
    await ask(today - PAST_DAYS, today),
  ];
  const before = past.items.filter((item) => item.lastDay < today).reverse();
  const grouped = (items: readonly Timed[]) => {
    const days = new Map<number, Timed[]>();
    for (const item of items.slice(0, FOUND_MAX))
      days.set(item.firstDay, [...(days.get(item.firstDay) ?? []), item]);
    return [...days].map(([day, some]) => dayModel(desk, day, some));
  };
  return {
    count: coming.items.length + before.length,
    isCut:
      coming.isCut || past.isCut || coming.items.length > FOUND_MAX || before.length > FOUND_MAX,
    coming: grouped(coming.items),
    past: grouped(before),
  };
}
