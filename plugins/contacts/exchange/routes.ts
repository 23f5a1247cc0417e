import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import { type Desk, hrefOf, isWritable, oneOf, page } from '../pages/common';
import { sideOf } from '../pages/list';
import { idOnce, newMark } from '../pages/once';
import { audited } from '../pages/tell';
import { decodeFile, doubtfulLines, type FileFormat, formatOf } from './decode';
import { exportFile, FORMATS } from './export-file';
import { FIELDS, guessShape, isField } from './fields';
import {
  addImport,
  beginImport,
  endImport,
  FAULTS_SHOWN,
  findImport,
  firstPieceOf,
  type Import,
  listImports,
} from './imports';
import { progressModel } from './progress';
import { beginBeside } from './run';
import { createTableReader } from './table';
import { FIELD_TEXTS, FORM_TEXTS, FORMAT_TEXTS, STATE_TEXTS } from './texts';

const UPLOAD_BYTES = 25_000_000;
const PREVIEW_ROWS = 5;
const LISTED = 10;

/** Where a file is chosen, and a book for it. */
async function showForm(
  desk: Desk,
  fault?: 'file' | 'format' | 'book' | 'busy' | 'large',
): Promise<PluginResponse> {
  const { books, context, request, t } = desk;
  const writable = books.filter(isWritable);
  const lately = await listImports(context.db, desk.person, LISTED);
  return {
    view: 'import',
    title: t('contacts:import.title'),
    status: fault === undefined ? 200 : 422,
    model: {
      side: sideOf(desk, 'import'),
      action: context.url('import'),
      once: newMark(),
      exportAction: context.url('export'),
      books: writable,
      all: books,
      chosen: request.body['book'] ?? request.query['book'] ?? writable[0]?.id ?? '',
      formats: FORMATS.map((format) => ({ format, text: FORMAT_TEXTS[format] })),
      megabytes: UPLOAD_BYTES / 1_000_000,
      imports: lately.map(({ id, name, state }) => ({
        name,
        href: context.url(`import/${id}`),
        text: STATE_TEXTS[state],
      })),
      fault: fault ?? '',
      faultText: fault === undefined ? '' : FORM_TEXTS[fault],
    },
  };
}

async function receive(desk: Desk): Promise<PluginResponse> {
  const { request, context, person, books } = desk;
  const file = request.files.find(({ field }) => field === 'file');
  const book = books.find((one) => one.id === request.body['book'] && isWritable(one));
  if (!book) return showForm(desk, 'book');
  if (!file || file.content.length === 0) return showForm(desk, 'file');
  const [beginning = ''] = decodeFile(file.content);
  const format = formatOf(beginning, file.name);
  if (!format) return showForm(desk, 'format');
  const doubtful = await doubtfulLines(file.content, FAULTS_SHOWN);
  const own = `${person.site} ${person.user} ${book.id}`;
  const id = idOnce(request.body['once'], own, file.content);
  const kept = await addImport(context.db, person, {
    id,
    book: book.id,
    name: file.name,
    format,
    pieces: decodeFile(file.content),
    ...(format === 'csv' && { shape: guessShape(beginningOf(beginning).headings) }),
    faults: doubtful.map((line) => ({ line, reason: 'bytes', isTaken: true })),
    now: context.clock.now(),
  });
  if (kept === 'busy') return showForm(desk, 'busy');
  if (kept === 'added' && format !== 'csv') await begin(desk, { id, format });
  return { redirect: hrefOf(context, `import/${id}`) };
}

async function begin(
  desk: Desk,
  { id, format }: { readonly id: string; readonly format: FileFormat },
): Promise<void> {
  await audited(desk, 'imported', { details: { format, import: id } });
  await beginBeside(desk.context, id);
}

async function showImport(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const found = await findImport(context.db, person, request.params['id'] ?? '');
  if (!found) return { status: 404 };
  return found.state === 'columns' ? showColumns(desk, found) : showProgress(desk, found);
}

/** The headings and the first rows of a list; what they need of it was sent in one piece. */
function beginningOf(text: string, isHeaded = true) {
  const reader = createTableReader(isHeaded);
  const rows = [...reader.push(text), ...reader.end()].flatMap((row) =>
    'cells' in row ? [row.cells] : [],
  );
  return { headings: reader.headings, rows: rows.slice(0, PREVIEW_ROWS) };
}

/** What each column is taken for, with the first lines below. */
async function showColumns(
  { context, t, ...desk }: Desk,
  { id, name, columns, isHeaded, lines }: Import,
  isFaulty = false,
): Promise<PluginResponse> {
  const { headings, rows } = beginningOf(await firstPieceOf(context.db, id), isHeaded);
  return {
    view: 'import-columns',
    title: t('contacts:import.columns'),
    status: isFaulty ? 422 : 200,
    model: {
      side: sideOf({ context, t, ...desk }, 'import'),
      name,
      action: context.url(`import/${id}`),
      endAction: context.url(`import/${id}/end`),
      columns: headings.map((heading, at) => ({
        at,
        heading: isHeaded ? heading : '',
        chosen: columns[at] ?? '',
        samples: rows.map((cells) => (cells[at] ?? '').slice(0, 80)),
      })),
      fields: FIELDS.map((field) => ({ field, text: FIELD_TEXTS[field] })),
      isHeaded,
      count: Math.max(isHeaded ? lines - 1 : lines, 0),
      isFaulty,
    },
  };
}

async function chooseColumns(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const found = await findImport(context.db, person, request.params['id'] ?? '');
  if (!found) return { status: 404 };
  const to = { redirect: hrefOf(context, `import/${found.id}`) };
  if (found.state !== 'columns') return to;
  const columns = found.columns.map((_, at) => {
    const word = request.body[`column${at}`] ?? '';
    return isField(word) ? word : '';
  });
  const isHeaded = request.body['first'] !== 'contact';
  const names = ['name', 'given', 'family', 'organization', 'mail', 'mailWork', 'mailHome'];
  // Whoever has no name and no address would be nobody.
  if (!columns.some((field) => names.includes(field))) {
    return showColumns(desk, { ...found, columns, isHeaded }, true);
  }
  const begun = await beginImport(context.db, person, found.id, { columns, isHeaded });
  if (begun === 'busy') return showForm(desk, 'busy');
  if (begun === 'begun') await begin(desk, found);
  return to;
}

function showProgress(desk: Desk, found: Import): PluginResponse {
  const { context, t, books } = desk;
  const title = books.find(({ id }) => id === found.book)?.title ?? '';
  return {
    view: 'import-result',
    title: t('contacts:import.title'),
    model: {
      side: sideOf(desk, 'import'),
      endAction: context.url(`import/${found.id}/end`),
      ...progressModel(context, found, title),
    },
  };
}

async function end(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const id = request.params['id'] ?? '';
  if (!(await findImport(context.db, person, id))) return { status: 404 };
  await endImport(context.db, person, id);
  return { redirect: hrefOf(context, `import/${id}`) };
}

/** A book as a file, for another program. */
async function exportBook(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, books, context } = desk;
  if (request.query['book'] === undefined) return { redirect: hrefOf(context, 'import') };
  const book = books.find(({ id }) => id === request.query['book']);
  const format = oneOf(FORMATS, request.query['format']);
  if (!book || !format) return { status: 404 };
  const file = await exportFile(desk, store.cards(person, book.id), { title: book.title, format });
  return file ?? showForm(desk, 'large');
}

/** Import and export, below `/contacts`. */
export function exchangeRoutes(router: PluginRouter<ContactsConfig>): void {
  router.get(
    '/import',
    page((desk) => showForm(desk)),
  );
  router.post('/import', page(receive), { upload: { maxBytes: UPLOAD_BYTES } });
  router.get('/import/:id', page(showImport));
  router.post('/import/:id', page(chooseColumns));
  router.post('/import/:id/end', page(end));
  router.get('/export', page(exportBook));
}
