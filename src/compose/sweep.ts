import type { ComposeContext } from './context';
import { knownIds } from './draft-store';
import { deleteFinished, knownOutbox } from './outbox-store';
import { OUTBOX_FOLDER, type UploadPlace } from './upload-files';

// An upload or a sending under way is younger than this.
const ORPHAN_MS = 60 * 60_000;
// A repeated request comes within minutes; a page left open overnight, within days.
const FINISHED_MS = 30 * 24 * 60 * 60_000;
const BATCH = 200;

/**
 * Removes files that no row speaks of (uploads cut off, drafts of erased people, messages built by
 * a process that died) and forgets sendings long finished. Returns the number of files removed.
 */
export async function sweepUploads(context: ComposeContext): Promise<{ readonly files: number }> {
  const now = context.clock.now();
  let files = 0;
  let batch: UploadPlace[] = [];
  for await (const place of context.files.older(now - ORPHAN_MS)) {
    batch.push(place);
    if (batch.length === BATCH) files += await sweepBatch(context, batch.splice(0));
  }
  files += await sweepBatch(context, batch);
  batch = [];
  await deleteFinished(context.db.knex, new Date(now - FINISHED_MS).toISOString());
  if (files > 0) context.log.info({ count: files }, 'uploads/swept');
  return { files };
}

async function sweepBatch(
  context: ComposeContext,
  places: readonly UploadPlace[],
): Promise<number> {
  const spools = places.filter(({ draft }) => draft === OUTBOX_FOLDER);
  const uploads = places.filter(({ draft }) => draft !== OUTBOX_FOLDER);
  const kept = await knownIds(
    context.db.knex,
    'draft_attachments',
    uploads.map(({ id }) => id),
  );
  const jobs = await knownOutbox(context.db.knex, spools.map(draftOfSpool));
  const orphans = [
    ...uploads.filter(({ id }) => !kept.has(id)),
    ...spools.filter((place) => jobs.get(draftOfSpool(place)) !== place.id),
  ];
  for (const place of orphans) {
    await context.files.remove(place).catch((err: unknown) => {
      context.log.warn({ err }, 'uploads/sweep-failed');
    });
  }
  return orphans.length;
}

/** Spool files are named `<draft>-<random>.eml`; ids have dashes of their own. */
const draftOfSpool = ({ id }: UploadPlace): string => id.replace(/-[A-Za-z0-9_-]{8}\.eml$/, '');
