import { createHash, randomUUID } from 'node:crypto';
import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type Desk, hrefOf, isWritable, page } from '../pages/common';
import { sideOf } from '../pages/side';
import { titleOf } from '../store/calendars';
import { decodeFile } from './decode';
import { exportCalendar } from './export-file';
import { FAULTS_SHOWN, type Fault, type FaultyLine } from './fault';
import { gatherAll, MAX_OBJECTS, nameIn } from './gather';
import { addImport, closeImport, findImport, isBusy, listImports } from './imports';
import { progressModel } from './progress';
import { beginBeside } from './run';
import { STATE_TEXTS } from './texts';
import { isZip, unpack } from './zip';

/** Of one file; more is brought in in parts. */
const FILE_BYTES = 25_000_000;
/** A file that is too large is told as such, so a little more is let in. */
const UPLOAD_BYTES = 30_000_000;
const LISTED = 5;
/** Into a calendar that is made for it: no id is so short. */
const NEW = '+';

/** Files of calendars that come and go. */
export function exchangeRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/import', page(showForm));
  router.post('/import', page(receive), { upload: { maxBytes: UPLOAD_BYTES } });
  router.get('/import/:id', page(showImport));
  router.post('/import/:id/end', page(end));
  router.get('/export', page(sendCalendar));
}

const showForm = (desk: Desk): Promise<PluginResponse> => importPage(desk, '');

/** Where a file is chosen, and a calendar for it. */
async function importPage(desk: Desk, error: string): Promise<PluginResponse> {
  const { context, calendars, person, request, t } = desk;
  const { maxCalendars } = context.config(person.site);
  const chosen = request.body['calendar'] ?? request.query['calendar'] ?? desk.usual;
  const lately = await listImports(context.db, person, LISTED);
  const canMake = calendars.filter(({ isOwn }) => isOwn).length < maxCalendars;
  return {
    view: 'import',
    title: t('calendar:import.title'),
    status: error === '' ? 200 : 422,
    model: {
      side: sideOf(desk, { current: 'import' }),
      actions: { import: hrefOf(context, 'import'), calendars: hrefOf(context, 'calendars') },
      once: randomUUID(),
      calendars: [
        ...calendars.filter(isWritable).map(({ id, title }) => ({ id, title })),
        ...(canMake ? [{ id: NEW, title: t('calendar:import.newCalendar') }] : []),
      ].map((one) => ({ ...one, isChosen: one.id === chosen })),
      megabytes: FILE_BYTES / 1_000_000,
      maxObjects: MAX_OBJECTS,
      imports: lately.map(({ id, name, state }) => ({
        name,
        href: hrefOf(context, `import/${id}`),
        text: STATE_TEXTS[state],
      })),
      error,
    },
  };
}

async function receive(desk: Desk): Promise<PluginResponse> {
  const { request, calendars, store, person, context, t } = desk;
  const wanted = request.body['calendar'] ?? '';
  const calendar = calendars.find(({ id }) => id === wanted);
  const file = request.files.find(({ field }) => field === 'file');
  if (wanted !== NEW && (!calendar || !isWritable(calendar)))
    return importPage(desk, 'calendar:import.noCalendar');
  if (!file || file.content.length === 0) return importPage(desk, 'calendar:import.noFile');
  if (file.content.length > FILE_BYTES) return importPage(desk, 'calendar:import.tooLarge');
  const files = await filesOf(file);
  if (files === 'broken') return importPage(desk, 'calendar:import.brokenZip');
  if (files.length === 0) return importPage(desk, 'calendar:import.notCalendar');
  const id = idOf(request.body['once'], `${person.site} ${person.user} ${wanted}`, file.content);
  const there = { redirect: hrefOf(context, `import/${id}`) };
  if (await findImport(context.db, person, id)) return there;
  if (await isBusy(context.db, person)) return importPage(desk, 'calendar:import.busy');
  const faults: FaultyLine[] = [];
  let refused = 0;
  const maxChars = context.config(person.site).maxObjectKilobytes * 1_000;
  const tell = (line: number, fault: Fault, from: string): void => {
    refused += 1;
    if (faults.length < FAULTS_SHOWN) faults.push({ line, fault, detail: from });
  };
  const gathered = await gatherAll(files, maxChars, tell);
  let into = wanted;
  if (wanted === NEW) {
    const title = titleOf(nameIn(files[0]?.text ?? '') || file.name.replace(/\.[a-z]{1,8}$/i, ''));
    into = `import-${id}`;
    const made = await store.createCalendar(person, {
      title: title === '' ? t('calendar:import.untitled') : title,
      // Two clicks at once make one calendar.
      id: into,
    });
    if (made.kind === 'refused' && made.reason !== 'taken')
      return importPage(desk, 'calendar:import.noCalendar');
  }
  const now = context.clock.now();
  const given = { id, calendar: into, name: file.name, gathered, faults, refused, now };
  const kept = await addImport(context.db, person, given);
  if (kept === 'busy') return importPage(desk, 'calendar:import.busy');
  if (kept === 'added') await beginBeside(context, id);
  return there;
}

/** Calendars of a file, or of an archive of several. */
async function filesOf({ name, content }: { readonly name: string; readonly content: Buffer }) {
  const packed = isZip(content) ? await unpack(content, FILE_BYTES) : [{ name, content }];
  if (!packed) return 'broken';
  return packed
    .map((one) => ({ name: one.name.slice(-100), text: decodeFile(one.content) }))
    .filter(({ text }) => /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text.slice(0, 1_000)));
}

/** Two clicks send the same file of the same form twice: it is one import. */
const idOf = (once: string | undefined, ...said: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256').update(once ?? randomUUID());
  for (const one of said) hash.update('\n').update(one);
  return hash.digest('hex').slice(0, 32);
};

async function showImport(desk: Desk): Promise<PluginResponse> {
  const { request, context, person, calendars, t } = desk;
  const found = await findImport(context.db, person, request.params['id'] ?? '');
  if (!found) return { status: 404 };
  const title = calendars.find(({ id }) => id === found.calendar)?.title ?? '';
  return {
    view: 'import-result',
    title: t('calendar:import.title'),
    model: {
      side: sideOf(desk, { current: 'import' }),
      endAction: hrefOf(context, `import/${found.id}/end`),
      ...progressModel(context, found, title),
    },
  };
}

/** Stops what is under way; what was brought in stays. */
async function end(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const found = await findImport(context.db, person, request.params['id'] ?? '');
  if (!found) return { status: 404 };
  if (found.state === 'running') await closeImport(context.db, found.id, 'ended');
  return { redirect: hrefOf(context, `import/${found.id}`) };
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
    return importPage(desk, 'calendar:export.tooLarge');
  }
  return {
    file: { name: `${calendar.title}.ics`, type: 'text/calendar', content },
  };
}
