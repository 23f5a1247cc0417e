import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import { mapStorageError } from '../kernel/db';
import { SNIFF_BYTES } from './sniff';

// Private: other people's documents.
const DIR_MODE = 0o700;
const FILE_MODE = 0o600;
const PART_SUFFIX = '.part';
export const OUTBOX_FOLDER = 'outbox';

/** A file by the ids of our own rows; never by a name that somebody typed. */
export interface UploadPlace {
  readonly site: string;
  readonly draft: string;
  readonly id: string;
}

export interface WrittenFile {
  readonly sizeBytes: number;
  /** The first bytes, for the type. */
  readonly head: Buffer;
}

/** Files of drafts and of the outbox under one folder, `<site>/<draft>/<attachment>`. */
export interface UploadFiles {
  /** Streams into a temporary name, syncs, renames; nothing stays of what fails or exceeds. */
  write(place: UploadPlace, from: Readable, maxBytes: number): Promise<WrittenFile>;
  read(place: UploadPlace): Readable;
  pathOf(place: UploadPlace): string;
  /** The same content under another draft, without a second copy where links work. */
  share(from: UploadPlace, to: UploadPlace): Promise<void>;
  remove(place: UploadPlace): Promise<void>;
  removeDraft(site: string, draft: string): Promise<void>;
  /** Where a message is built for sending; the folder exists. */
  spoolPath(site: string, name: string): Promise<string>;
  removeSpool(site: string, name: string): Promise<void>;
  /** Everything last written before `before` (epoch ms). */
  older(before: number): AsyncGenerator<UploadPlace>;
}

const ID = /^[A-Za-z0-9_-]{1,64}(?:\.(?:part|eml))?$/;

export function createUploadFiles(root: string): UploadFiles {
  const pathIn = (...segments: readonly string[]): string => {
    // Ids come from our rows; this holds even if a row were wrong.
    if (!segments.every((segment) => ID.test(segment))) {
      throw new AppError('internal/unexpected', { details: { step: 'upload-path' } });
    }
    return path.join(root, ...segments);
  };
  const pathOf = ({ site, draft, id }: UploadPlace): string => pathIn(site, draft, id);
  const folder = async (site: string, draft: string): Promise<string> => {
    const found = pathIn(site, draft);
    await guarded(() => mkdir(found, { recursive: true, mode: DIR_MODE }));
    return found;
  };

  return {
    pathOf,
    async write(place, from, maxBytes) {
      await folder(place.site, place.draft);
      return writeWhole(pathOf(place), from, maxBytes);
    },
    read: (place) => createReadStream(pathOf(place)),
    async share(from, to) {
      await folder(to.site, to.draft);
      // Some file systems have no hard links.
      await guarded(() =>
        link(pathOf(from), pathOf(to)).catch(() => copyFile(pathOf(from), pathOf(to))),
      );
    },
    remove: (place) => rm(pathOf(place), { force: true }),
    removeDraft: (site, draft) => rm(pathIn(site, draft), { recursive: true, force: true }),
    async spoolPath(site, name) {
      await folder(site, OUTBOX_FOLDER);
      return pathIn(site, OUTBOX_FOLDER, name);
    },
    removeSpool: (site, name) => rm(pathIn(site, OUTBOX_FOLDER, name), { force: true }),
    older: (before) => olderFiles(root, before),
  };
}

async function writeWhole(target: string, from: Readable, maxBytes: number): Promise<WrittenFile> {
  const temporary = `${target}-${newToken(6)}${PART_SUFFIX}`;
  const meter = meterStream(maxBytes);
  try {
    // `flush`: on the disk before the row that speaks of it.
    const file = createWriteStream(temporary, { flags: 'wx', mode: FILE_MODE, flush: true });
    await pipeline(from, meter.stream, file);
    await rename(temporary, target);
    return { sizeBytes: meter.sizeBytes(), head: meter.head() };
  } catch (error) {
    from.destroy();
    await rm(temporary, { force: true });
    throw mapStorageError(error);
  }
}

/** Counts, keeps the first bytes, and stops what is too large before it is read whole. */
function meterStream(maxBytes: number) {
  let sizeBytes = 0;
  let head = Buffer.alloc(0);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (head.length < SNIFF_BYTES) {
        head = Buffer.concat([head, chunk.subarray(0, SNIFF_BYTES - head.length)]);
      }
      if (sizeBytes > maxBytes) return done(tooLarge(maxBytes));
      done(undefined, chunk);
    },
  });
  return { stream, sizeBytes: () => sizeBytes, head: () => head };
}

export const tooLarge = (maxBytes: number): AppError =>
  new AppError('attachment/too-large', {
    textValues: { megabytes: Math.max(0, Math.floor(maxBytes / 100_000) / 10) },
  });

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapStorageError(error);
  }
}

async function* olderFiles(root: string, before: number): AsyncGenerator<UploadPlace> {
  for (const site of await namesIn(root)) {
    for (const draft of await namesIn(path.join(root, site))) {
      const dir = path.join(root, site, draft);
      for (const id of await namesIn(dir)) {
        const facts = await stat(path.join(dir, id)).catch(() => undefined);
        if (facts && facts.mtimeMs < before) yield { site, draft, id };
      }
    }
  }
}

/** Nothing when the folder went away meanwhile, or is a file. */
const namesIn = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
