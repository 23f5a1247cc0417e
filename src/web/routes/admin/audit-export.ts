import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuditEntry, AuditQuery, SealedEntry } from '../../../audit';
import { errorCode } from '../../../kernel/error-code';
import { field, formOf } from '../../body';
import { contentDisposition } from '../../content-disposition';
import { type AdminCall, authorOf } from './access';
import { filterOf, queryOf, wantedOf } from './audit-query';
import { csvHead, csvLines } from './csv';

/** Lines read at once: what an export of any length holds in memory. */
const PAGE = 500;

/** The lines as a file, written as they are read; it takes names out of the program, so it is written down first. */
export async function exportAudit(call: AdminCall): Promise<void> {
  const { deps, req, res, ctx } = call;
  const { audit } = deps.admin;
  const form = formOf(req.body);
  const wanted = wantedOf((name) => field(form, name).trim());
  const format = field(form, 'format') === 'jsonl' ? 'jsonl' : 'csv';
  const asked = queryOf(call, wanted);
  const site = asked.site ?? '*';
  const { login, remote } = authorOf(call, site);
  // Before the first byte: nothing leaves of which there is no line.
  const { id } = await audit.record({
    site,
    actor: login,
    remote,
    event: 'audit:exported',
    details: { ...filterOf(wanted), lines: await audit.count(asked), format },
  });
  const name = `audit-${new Date(deps.clock.now()).toISOString().slice(0, 10)}.${format}`;
  res
    .status(200)
    .set('Content-Disposition', contentDisposition('attachment', name))
    .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
  const pages = pagesOf(call, asked, id);
  const texts = format === 'csv' ? csvOf(pages, columnsOf(ctx.t)) : jsonOf(pages);
  try {
    await pipeline(Readable.from(texts), res);
  } catch (error) {
    // The reader went away, or the database did: the file ends short, and its connection with it.
    if (errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') {
      deps.log.error({ err: error, requestId: ctx.id }, 'audit/export-failed');
    }
    res.destroy();
  }
}

type Pages = AsyncIterable<readonly SealedEntry[]>;

async function* pagesOf({ deps }: AdminCall, asked: AuditQuery, end: number): Pages {
  let before: number | undefined = end;
  while (before !== undefined) {
    const page = await deps.admin.audit.listSealed({ ...asked, before, limit: PAGE });
    if (page.length > 0) yield page;
    before = page.length === PAGE ? page.at(-1)?.id : undefined;
  }
}

async function* csvOf(pages: Pages, columns: readonly string[]): AsyncGenerator<string> {
  yield csvHead(columns);
  for await (const page of pages) yield csvLines(page.map(fieldsOf));
}

async function* jsonOf(pages: Pages): AsyncGenerator<string> {
  for await (const page of pages) {
    yield page.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }
}

const columnsOf = (t: AdminCall['ctx']['t']): readonly string[] => [
  t('admin.column.number'),
  t('admin.column.when'),
  t('admin.column.site'),
  t('admin.column.actor'),
  t('admin.column.address'),
  t('admin.column.event'),
  t('admin.column.target'),
  t('admin.column.details'),
  t('admin.column.chainNumber'),
  t('admin.column.chainHash'),
];

const fieldsOf = (entry: SealedEntry): readonly string[] => [
  String(entry.id),
  entry.at,
  entry.site,
  entry.actor ?? '',
  entry.remote ?? '',
  entry.event,
  entry.target ?? '',
  detailsText(entry.details),
  entry.chain === undefined ? '' : String(entry.chain.seq),
  entry.chain?.hash ?? '',
];

/** `via=ldap times=3`. */
export const detailsText = (details: AuditEntry['details']): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
