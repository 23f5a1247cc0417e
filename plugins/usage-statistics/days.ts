import type { PluginDatabase, SiteId } from 'estafette/plugin';
import type { Counts, DayCount, Kind } from './tally';

const TABLE = 'usage_statistics_days';
/** The run of days that are over and put together. */
const WHOLE = 'all';

const COLUMNS: Readonly<Record<Kind, string>> = {
  signIns: 'sign_ins',
  messagesRead: 'messages_read',
  messagesSent: 'messages_sent',
  searches: 'searches',
};

interface Row {
  readonly day: string;
  readonly run: string;
  readonly sign_ins: number;
  readonly messages_read: number;
  readonly messages_sent: number;
  readonly searches: number;
  readonly people_least: number;
  readonly people_most: number;
}

/** Figures of a day, all processes together. */
export interface DayFigures {
  readonly day: string;
  readonly counts: Counts;
  /** The most that one process saw. */
  readonly peopleLeast: number;
  /** As if nobody had been seen by two. */
  readonly peopleMost: number;
}

/** Adds what a process has counted to its own rows. */
export async function addDays(
  db: PluginDatabase,
  run: string,
  days: readonly DayCount[],
): Promise<void> {
  if (days.length === 0) return;
  await db.transaction(async (table) => {
    for (const { site, day, counts, people } of days) {
      const row: Row | undefined = await table(TABLE).where({ site, day, run }).first();
      const values = {
        sign_ins: (row?.sign_ins ?? 0) + counts.signIns,
        messages_read: (row?.messages_read ?? 0) + counts.messagesRead,
        messages_sent: (row?.messages_sent ?? 0) + counts.messagesSent,
        searches: (row?.searches ?? 0) + counts.searches,
        people_least: people,
        people_most: people,
      };
      if (row) await table(TABLE).where({ site, day, run }).update(values);
      else await table(TABLE).insert({ site, day, run, ...values });
    }
  });
}

function sumOf(rows: readonly Row[], column: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + column(row), 0);
}

function figuresOf(day: string, rows: readonly Row[]): DayFigures {
  return {
    day,
    counts: {
      signIns: sumOf(rows, (row) => row.sign_ins),
      messagesRead: sumOf(rows, (row) => row.messages_read),
      messagesSent: sumOf(rows, (row) => row.messages_sent),
      searches: sumOf(rows, (row) => row.searches),
    },
    peopleLeast: Math.max(0, ...rows.map((row) => row.people_least)),
    peopleMost: sumOf(rows, (row) => row.people_most),
  };
}

function byDay(rows: readonly Row[]): DayFigures[] {
  const days = new Map<string, Row[]>();
  for (const row of rows) days.set(row.day, [...(days.get(row.day) ?? []), row]);
  return [...days].map(([day, some]) => figuresOf(day, some));
}

/** Figures of a site from a day on, the first day first; days without any are absent. */
export async function listDays(
  db: PluginDatabase,
  { site, from }: { readonly site: SiteId; readonly from: string },
): Promise<readonly DayFigures[]> {
  const rows: Row[] = await db
    .table(TABLE)
    .where({ site })
    .where('day', '>=', from)
    .orderBy('day')
    .select();
  return byDay(rows);
}

/** Puts the rows of days that are over together, one for each. */
export async function joinDays(
  db: PluginDatabase,
  { site, before }: { readonly site: SiteId; readonly before: string },
): Promise<void> {
  await db.transaction(async (table) => {
    const late: { day: string }[] = await table(TABLE)
      .where({ site })
      .whereNot({ run: WHOLE })
      .where('day', '<', before)
      .distinct('day');
    for (const { day } of late) {
      const rows: Row[] = await table(TABLE).where({ site, day }).select();
      const { counts, peopleLeast, peopleMost } = figuresOf(day, rows);
      await table(TABLE).where({ site, day }).delete();
      const sums = Object.entries(COLUMNS).map(([kind, name]) => [name, counts[kind as Kind]]);
      await table(TABLE).insert({
        site,
        day,
        run: WHOLE,
        ...Object.fromEntries(sums),
        people_least: peopleLeast,
        people_most: peopleMost,
      });
    }
  });
}

/** Removes the figures of a site of days before one. */
export async function removeDays(
  db: PluginDatabase,
  { site, before }: { readonly site: SiteId; readonly before: string },
): Promise<void> {
  await db.table(TABLE).where({ site }).where('day', '<', before).delete();
}
