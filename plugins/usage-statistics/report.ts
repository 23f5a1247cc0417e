import { type Chart, chartOf } from './chart';
import type { DayFigures } from './days';
import { type Counts, KINDS, type Kind } from './tally';

/** A day as the page and the file tell it. */
export interface ReportDay {
  readonly day: string;
  /** `undefined`: fewer people than may be told, so nothing of the day is. */
  readonly figures: Omit<DayFigures, 'day'> | undefined;
}

export interface Report {
  readonly days: readonly ReportDay[];
  readonly charts: Readonly<Record<Kind | 'people', Chart>>;
  readonly totals: Counts;
  readonly withheld: number;
  readonly isEmpty: boolean;
}

const NOTHING: Omit<DayFigures, 'day'> = {
  counts: { signIns: 0, messagesRead: 0, messagesSent: 0, searches: 0 },
  peopleLeast: 0,
  peopleMost: 0,
};

/**
 * Figures of some days in a row. A day when fewer than `smallest` people were there tells nothing, and
 * is in no total; one when nobody was there has zeros.
 */
export function reportOf(
  days: readonly string[],
  known: readonly DayFigures[],
  smallest: number,
): Report {
  const found = new Map(known.map((one) => [one.day, one]));
  const told = days.map((day): ReportDay => {
    const figures = found.get(day);
    if (!figures) return { day, figures: NOTHING };
    return { day, figures: figures.peopleLeast < smallest ? undefined : figures };
  });
  const chart = (value: (figures: Omit<DayFigures, 'day'>) => number): Chart =>
    chartOf(told.map(({ figures }) => figures && value(figures)));
  const total = (kind: Kind): number =>
    told.reduce((sum, { figures }) => sum + (figures?.counts[kind] ?? 0), 0);
  const byKind = <V>(of: (kind: Kind) => V): Record<Kind, V> => ({
    signIns: of('signIns'),
    messagesRead: of('messagesRead'),
    messagesSent: of('messagesSent'),
    searches: of('searches'),
  });
  return {
    days: told,
    charts: {
      people: chart((figures) => figures.peopleLeast),
      ...byKind((kind) => chart((figures) => figures.counts[kind])),
    },
    totals: byKind(total),
    withheld: told.filter(({ figures }) => !figures).length,
    isEmpty: known.length === 0,
  };
}

/** The same figures as a file, cells that are withheld being empty (RFC 4180). */
export function csvOf({ days }: Report): string {
  const head = [
    'day',
    'people_least',
    'people_most',
    'sign_ins',
    'messages_read',
    'messages_sent',
    'searches',
  ];
  const lines = days.map(({ day, figures }) => [
    day,
    ...(figures
      ? [figures.peopleLeast, figures.peopleMost, ...KINDS.map((kind) => figures.counts[kind])]
      : head.slice(1).map(() => '')),
  ]);
  return [head, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}
