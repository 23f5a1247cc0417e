import type { Desk } from '../pages/common';
import { hrefOf } from '../pages/common';
import type { Tables } from '../store/tables';
import { dayOfWall } from '../time/days';
import { dueMoment } from './facts';
import { tasksOf } from './list';
import { localDue } from './page';

/** Lines beside a calendar; the list has the others. */
const SHOWN_MAX = 5;

/** What is late or due today, the first due first: for who looks at what takes place. */
export async function dueTasks(
  desk: Pick<Desk, 'context' | 'person' | 'zone' | 'today' | 'words' | 't'>,
): Promise<{
  readonly tasks: readonly {
    readonly title: string;
    readonly due: string;
    readonly isLate: boolean;
    readonly href: string;
  }[];
  readonly more: number;
}> {
  const { context, person, zone, today, words, t } = desk;
  const table: Tables = (name) => context.db.table(name);
  const now = context.clock.now();
  const due = (await tasksOf(table, person)).tasks.flatMap((one) => {
    if (one.isDone || one.isCancelled || !one.due) return [];
    const wall = localDue(one.due, zone);
    return dayOfWall(wall) > today ? [] : [{ ...one, due: one.due, wall }];
  });
  const sorted = due.sort((a, b) => a.wall - b.wall);
  return {
    tasks: sorted.slice(0, SHOWN_MAX).map(({ id, summary, due: at, wall }) => ({
      title: summary === '' ? t('calendar:event.untitled') : summary,
      due:
        dayOfWall(wall) < today
          ? words.day(dayOfWall(wall), 'short')
          : at.isAllDay
            ? t('calendar:list.today')
            : words.time(wall),
      isLate: dueMoment(at, zone) <= now,
      href: hrefOf(context, 'tasks/task', { id }),
    })),
    more: Math.max(sorted.length - SHOWN_MAX, 0),
  };
}
