import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Clock, isoNow } from '../base/clock';
import { AppError, toAppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { Log } from '../base/log';
import { OWN_ACCOUNT, type Uid, type UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Mail } from '../mail';
import { firstHeader, messageIds, parseHeaders } from '../mime';
import type { Absentees, Actor } from '../session';
import {
  changeImport,
  deleteImport,
  findImport,
  type ImportRow,
  idleImports,
  importRecords,
  insertImport,
  knownImports,
  listImports,
  type Trouble,
  takeImport,
} from './import-store';
import { type FoundMessage, readAlone, readMbox } from './mbox-reader';

const MAX_BYTES = 2_000_000_000;
const MAX_LISTED = 50;
const MAX_RUNNING = 5;
const MAX_TROUBLES = 50;
const LEASE_MS = 60_000;
/** Begun before, and nobody is at it: the message that was under way may be there. */
const FREE = 1;
const BEAT_MS = LEASE_MS / 4;
const DIR_MODE = 0o700;
const ID = /^[A-Za-z0-9_-]{1,40}$/;
const HEAD_BYTES = 64 * 1024;

export interface ImportDeps {
  readonly db: Database;
  readonly mail: Mail;
  readonly absentees: Absentees;
  readonly clock: Clock;
  readonly log: Log;
  /** Folder for the files; on a disk shared by all processes. */
  readonly dir: string;
}

/** A file that is brought into a mailbox, as its agent sees it. */
export type Import = Omit<ImportRow, 'user' | 'site' | 'access' | 'leaseUntil'>;

/** Files brought into mailboxes, message by message. */
export interface Imports {
  /** Keeps a file and begins; its id. `import/not-mail`, `request/too-large`, `import/many`. */
  begin(
    actor: Actor,
    file: { readonly mailbox: string; readonly filename: string; readonly stream: Readable },
  ): Promise<string>;
  /** One of theirs; `request/not-found` for all others. */
  find(actor: Actor, id: string): Promise<Import>;
  list(actor: Actor): Promise<readonly Import[]>;
  stop(actor: Actor, id: string): Promise<void>;
  /** Goes on where it was. */
  resume(actor: Actor, id: string): Promise<void>;
  /** Takes one that has ended off the list. */
  forget(actor: Actor, id: string): Promise<void>;
  /** Goes on with what a process left that is gone; for the job, and for tests. */
  resumeIdle(): Promise<void>;
  /** Resolves when what is under way here has ended. */
  idle(): Promise<void>;
  /** Files that nobody needs any more. */
  sweep(): Promise<void>;
  records(user: UserId): Promise<readonly unknown[]>;
}

/**
 * Each message is appended, then the position behind it is written: what may have been appended just
 * before a process ended is looked for before it is appended again.
 */
export function createImports(deps: ImportDeps): Imports {
  const { db, mail, absentees, clock, log, dir } = deps;
  const running = new Set<Promise<void>>();
  const ownerOf = (actor: Actor) => ({ user: actor.user.id, site: actor.site.id });
  const pathOf = (id: string): string => {
    // Ids come from our rows; this holds even if a row were wrong.
    if (!ID.test(id))
      throw new AppError('internal/unexpected', { details: { step: 'import-path' } });
    return path.join(dir, `${id}.part`);
  };

  async function require(actor: Actor, id: string): Promise<ImportRow> {
    const row = await findImport(db.knex, ownerOf(actor), id);
    if (!row) throw new AppError('request/not-found');
    return row;
  }

  async function begin(
    actor: Actor,
    { mailbox, filename, stream }: Parameters<Imports['begin']>[1],
  ): Promise<string> {
    const others = await listImports(db.knex, ownerOf(actor), MAX_LISTED);
    if (others.filter(({ state }) => state !== 'done').length >= MAX_RUNNING) {
      stream.resume();
      throw new AppError('import/many');
    }
    const id = newToken(16);
    const file = pathOf(id);
    await mkdir(dir, { recursive: true, mode: DIR_MODE });
    try {
      await pipeline(limited(stream), createWriteStream(file, { mode: 0o600 }));
      const kind = await kindOf(file);
      if (!kind) throw new AppError('import/not-mail');
      const { size } = await stat(file);
      const access = await absentees.keep(actor, id);
      const about = { id, ...ownerOf(actor), mailbox, filename, kind, sizeBytes: size, access };
      await insertImport(db.knex, about, isoNow(clock));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    start(actor, id);
    return id;
  }

  /** Behind the answer; whoever else is at it has the lease. */
  function start(actor: Actor, id: string): void {
    const work = run(actor, id)
      .catch((err: unknown) => log.warn({ err, import: id }, 'import/failed'))
      .finally(() => running.delete(work));
    running.add(work);
  }

  async function run(actor: Actor, id: string): Promise<void> {
    const now = clock.now();
    const row = await require(actor, id);
    if (!(await takeImport(db.knex, id, now, now + LEASE_MS))) return;
    const stopBeat = clock.every(BEAT_MS, () => {
      const leaseUntil = clock.now() + LEASE_MS;
      const state = { id, state: 'running' } as const;
      changeImport(db.knex, state, { leaseUntil }, isoNow(clock)).catch((err: unknown) =>
        log.warn({ err }, 'import/lease-failed'),
      );
    });
    try {
      const end = await bringIn(actor, row);
      if (end) await finish(id, end);
    } catch (thrown) {
      const error = toAppError(thrown);
      log.warn({ err: error, import: id }, 'import/stopped');
      // What is wrong with the server or the mailbox may be mended: it goes on from there.
      await changeImport(
        db.knex,
        { id, state: 'running' },
        { state: 'stopped', reason: error.textKey, access: null, leaseUntil: FREE },
        isoNow(clock),
      );
    } finally {
      stopBeat();
    }
  }

  async function finish(id: string, state: 'done'): Promise<void> {
    const changes = { state, access: null, leaseUntil: FREE } as const;
    await changeImport(db.knex, { id, state: 'running' }, changes, isoNow(clock));
    await rm(pathOf(id), { force: true });
  }

  /** `done`, or undefined when it was stopped meanwhile. */
  async function bringIn(actor: Actor, row: ImportRow): Promise<'done' | undefined> {
    let { position, brought, refused } = row;
    let troubles: readonly Trouble[] = row.troubles;
    let isDoubtful = row.leaseUntil > 0;
    const maxBytes = actor.site.limits.messageBytes * 2;
    for await (const one of messagesOf(row, position, maxBytes)) {
      const why = await bringOne(actor, row, one, isDoubtful);
      isDoubtful = false;
      position = one.end;
      if (why === undefined) brought++;
      else if (why !== '') {
        refused++;
        const number = brought + refused;
        troubles = [...troubles, { number, why }].slice(0, MAX_TROUBLES);
      }
      const changes = { position, brought, refused, troubles };
      const isOurs = await changeImport(
        db.knex,
        { id: row.id, state: 'running' },
        changes,
        isoNow(clock),
      );
      if (!isOurs) return undefined;
    }
    return 'done';
  }

  async function* messagesOf(
    { id, kind, sizeBytes }: ImportRow,
    from: number,
    maxBytes: number,
  ): AsyncGenerator<FoundMessage> {
    if (kind === 'mbox') {
      const source = createReadStream(pathOf(id), { start: from }) as AsyncIterable<Buffer>;
      yield* readMbox(source, { from, maxBytes });
      return;
    }
    if (from > 0) return;
    const one = await readAlone(createReadStream(pathOf(id)) as AsyncIterable<Buffer>, maxBytes);
    yield { ...one, flags: ['\\Seen'], arrivedAt: one.raw && dateOf(one.raw), end: sizeBytes };
  }

  /** Undefined when it is in the mailbox, '' when it is left out, else the key of why it is not. */
  async function bringOne(
    actor: Actor,
    { id, mailbox }: ImportRow,
    { raw, isDeleted, flags, arrivedAt }: FoundMessage,
    isDoubtful: boolean,
  ): Promise<string | undefined> {
    if (isDeleted) return '';
    if (!raw) return 'large';
    if (raw.length === 0) return 'empty';
    if (isDoubtful && (await isThere(actor, mailbox, raw))) return undefined;
    const file = `${pathOf(id)}.one`;
    await writeFile(file, raw, { mode: 0o600 });
    try {
      const options = { flags, purpose: 'import', ...(arrivedAt && { arrivedAt }) } as const;
      await mail.append(actor, mailbox, { path: file, sizeBytes: raw.length }, options);
      return undefined;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'imap/refused') return 'refused';
      throw error;
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Whether the message that was under way when a process ended has been appended. */
  async function isThere(actor: Actor, mailbox: string, raw: Buffer): Promise<boolean> {
    const id = messageIds(firstHeader(parseHeaders(headOf(raw)), 'message-id') ?? '')[0];
    if (id !== undefined) {
      const { uids, uidValidity } = await mail.findByMessageId(actor, mailbox, id);
      // The same Message-ID may be on another text: the latest copy is compared.
      const last = uids.at(-1);
      return last !== undefined && (await isSame(actor, { mailbox, uidValidity, uid: last }, raw));
    }
    const query = { mailbox, sort: 'arrival', order: 'desc', page: 1, criteria: {} } as const;
    const { rows, uidValidity } = await mail.list(actor, query);
    const [first] = rows;
    return first !== undefined && isSame(actor, { mailbox, uidValidity, uid: first.uid }, raw);
  }

  async function isSame(
    actor: Actor,
    at: {
      readonly mailbox: string;
      readonly uidValidity: Parameters<Mail['source']>[1]['uidValidity'];
      readonly uid: Uid;
    },
    raw: Buffer,
  ): Promise<boolean> {
    const source = await mail.source(actor, { account: OWN_ACCOUNT, ...at });
    return (await buffer(source.stream)).equals(raw);
  }

  return {
    begin,
    find: async (actor, id) => shown(await require(actor, id)),
    list: async (actor) => (await listImports(db.knex, ownerOf(actor), MAX_LISTED)).map(shown),
    async stop(actor, id) {
      await require(actor, id);
      const changes = { state: 'stopped', reason: null, access: null, leaseUntil: FREE } as const;
      await changeImport(db.knex, { id, state: 'running' }, changes, isoNow(clock));
    },
    async resume(actor, id) {
      const row = await require(actor, id);
      if (row.state !== 'stopped') return;
      const access = (await absentees.keep(actor, id)) ?? null;
      const changes = { state: 'running', reason: null, access, leaseUntil: FREE } as const;
      if (await changeImport(db.knex, row, changes, isoNow(clock))) start(actor, id);
    },
    async forget(actor, id) {
      const { state } = await require(actor, id);
      if (state === 'running') throw new AppError('request/invalid');
      await deleteImport(db.knex, id);
      await rm(pathOf(id), { force: true });
    },
    async resumeIdle() {
      for (const row of await idleImports(db.knex, clock.now(), MAX_RUNNING)) {
        const actor = await absentees.actor(row, row.access, row.id);
        if (!actor) continue;
        await run(actor, row.id).catch((err: unknown) =>
          log.warn({ err, import: row.id }, 'import/failed'),
        );
        mail.release(actor);
      }
    },
    idle: async () => void (await Promise.all(running)),
    async sweep() {
      const names = await readdir(dir).catch(() => []);
      const ids = names.map((name) => name.split('.')[0] ?? '').filter((id) => ID.test(id));
      const kept = await knownImports(db.knex, ids);
      for (const name of names) {
        const full = path.join(dir, name);
        const { mtimeMs } = await stat(full).catch(() => ({ mtimeMs: clock.now() }));
        const isOld = mtimeMs < clock.now() - 60 * 60_000;
        if (isOld && !kept.has(name.split('.')[0] ?? '')) await rm(full, { force: true });
      }
    },
    records: (user) => importRecords(db.knex, user),
  };
}

const shown = ({
  user: _user,
  site: _site,
  access: _access,
  leaseUntil: _lease,
  ...rest
}: ImportRow): Import => rest;

async function* limited(source: Readable): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_BYTES) throw new AppError('request/too-large');
    yield piece;
  }
}

/** By how it begins: a separator, or a field of a header. */
async function kindOf(file: string): Promise<'mbox' | 'eml' | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of createReadStream(file, { end: 1_000 })) pieces.push(piece as Buffer);
  const head = Buffer.concat(pieces).toString('latin1');
  if (/^From \S+\s+.*\d{4}/.test(head)) return 'mbox';
  return /^[!-9;-~]{1,80}:[ \t]?/.test(head) &&
    /^(?:from|date|received|return-path|message-id|subject|mime-version|delivered-to|x-[a-z-]+|dkim-signature|arc-[a-z-]+|to|content-type):/im.test(
      head,
    )
    ? 'eml'
    : undefined;
}

const headOf = (raw: Buffer): Buffer => {
  const end = raw.indexOf('\r\n\r\n');
  return raw.subarray(0, end < 0 ? Math.min(raw.length, HEAD_BYTES) : end);
};

function dateOf(raw: Buffer): Date | undefined {
  const at = new Date(firstHeader(parseHeaders(headOf(raw)), 'date') ?? '');
  return Number.isNaN(at.getTime()) || at.getTime() < 0 ? undefined : at;
}
