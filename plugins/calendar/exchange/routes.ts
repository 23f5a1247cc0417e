import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type Desk, hrefOf, isWritable, page } from '../pages/common';
import { sideOf } from '../pages/side';
import { bringIn, MAX_OBJECTS, type Report } from './bring-in';
import { decodeFile } from './decode';
import { exportCalendar } from './export-file';
import { FAULT_TEXTS } from './texts';

/** Of one file; more is brought in in parts. */
const FILE_BYTES = 5_000_000;

/** Files of calendars that come and go. */
export function exchangeRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/import', page(showImport));
  // A file that is too large is told as such, so a little more is let in.
  router.post('/import', page(importFile), { upload: { maxBytes: 4 * FILE_BYTES } });
  router.get('/export', page(sendCalendar));
}

interface Outcome {
  readonly error?: string;
  readonly report?: Report;
  readonly calendar?: string;
  readonly status?: number;
}

function importPage(
  desk: Desk,
  { status = 200, error, report, calendar }: Outcome,
): PluginResponse {
  const { context, calendars, t } = desk;
  const chosen = calendar ?? desk.request.query['calendar'];
  return {
    view: 'import',
    title: t('calendar:import.title'),
    status,
    model: {
      side: sideOf(desk, { current: 'import' }),
      actions: { import: hrefOf(context, 'import'), calendars: hrefOf(context, 'calendars') },
      calendars: calendars
        .filter(isWritable)
        .map(({ id, title }) => ({ id, title, isChosen: id === chosen })),
      megabytes: FILE_BYTES / 1_000_000,
      maxObjects: MAX_OBJECTS,
      error: error ?? '',
      report: report && {
        ...report,
        href: hrefOf(context, ''),
        calendar: calendars.find(({ id }) => id === calendar)?.title ?? '',
        faults: report.faults.map((one) => ({ ...one, text: FAULT_TEXTS[one.fault] })),
      },
    },
  };
}

const showImport = (desk: Desk): PluginResponse => importPage(desk, {});

async function importFile(desk: Desk): Promise<PluginResponse> {
  const { request, calendars, store, person, context } = desk;
  const calendar = calendars.find(({ id }) => id === request.body['calendar']);
  const file = request.files.find(({ field }) => field === 'file');
  const refused = (error: string): PluginResponse =>
    importPage(desk, {
      error,
      status: 422,
      calendar: calendar?.id ?? '',
    });
  if (!calendar || !isWritable(calendar)) return refused('calendar:import.noCalendar');
  if (!file || file.content.length === 0) return refused('calendar:import.noFile');
  if (file.content.length > FILE_BYTES) return refused('calendar:import.tooLarge');
  const text = decodeFile(file.content);
  if (!/^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text.slice(0, 1_000)))
    return refused('calendar:import.notCalendar');
  const maxBytes = context.config(person.site).maxObjectKilobytes * 1_000;
  const report = await bringIn(store, person, { calendar: calendar.id, text, maxBytes });
  return importPage(desk, { report, calendar: calendar.id });
}

async function sendCalendar(desk: Desk): Promise<PluginResponse> {
  const { request, calendars, store, person } = desk;
  const calendar = calendars.find(({ id }) => id === request.query['calendar']);
  if (request.query['calendar'] === undefined) {
    return { redirect: hrefOf(desk.context, 'calendars') };
  }
  if (!calendar) return { status: 404 };
  const content = await exportCalendar(store, person, calendar);
  if (content === undefined) {
    return importPage(desk, { error: 'calendar:export.tooLarge', status: 422 });
  }
  return {
    file: { name: `${calendar.title}.ics`, type: 'text/calendar; charset=utf-8', content },
  };
}
