import { z } from 'zod';
import type { Database } from '../kernel/db-types';

/** How long a process that died keeps others from feeding a stream. */
const LEASE_MS = 30_000;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Where a stream is: the last line that need not be sent again. */
export interface CursorStore {
  /** The stream is this process's to feed for half a minute; false while another one has it. */
  acquire(now: number): Promise<boolean>;
  /** Lets another process have it. */
  release(): Promise<void>;
  read(): Promise<number>;
  /** False when the stream has become another process's. */
  save(line: number, now: number): Promise<boolean>;
  /** Lines that are still to be sent, and since when. */
  behind(): Promise<{ readonly lines: number; readonly since: string | undefined }>;
}

export function createCursorStore(
  db: Pick<Database, 'knex'>,
  name: string,
  holder: string,
): CursorStore {
  const table = () => db.knex('audit_cursors').where({ name });

  async function read(): Promise<number> {
    const row: unknown = await table().first('line');
    return z.object({ line: z.number() }).optional().parse(row)?.line ?? 0;
  }

  let isThere = false;
  let heldUntil = 0;

  return {
    async acquire(now) {
      // Not at each look: it is a write, and nobody takes it from us meanwhile.
      if (now < heldUntil - LEASE_MS / 2) return true;
      if (!isThere) {
        const row = { name, line: 0, at: iso(now) };
        await db.knex('audit_cursors').insert(row).onConflict('name').ignore();
        isThere = true;
      }
      const changed: unknown = await table()
        .where((free) => {
          void free.whereNull('holder').orWhere({ holder }).orWhere('held_until', '<', iso(now));
        })
        .update({ holder, held_until: iso(now + LEASE_MS) });
      heldUntil = Number(changed) > 0 ? now + LEASE_MS : 0;
      return heldUntil > 0;
    },
    async release() {
      heldUntil = 0;
      await table().where({ holder }).update({ holder: null, held_until: null });
    },
    read,
    async save(line, now) {
      const changed: unknown = await table()
        .where({ holder })
        .update({ line, at: iso(now) });
      if (Number(changed) === 0) heldUntil = 0;
      return heldUntil > 0;
    },
    async behind() {
      const row: unknown = await db
        .knex('audit_log')
        .where('id', '>', await read())
        .count('id as lines')
        .min('at as since')
        .first();
      const { lines, since } = z
        .object({ lines: z.number(), since: z.string().nullable() })
        .parse(row);
      return { lines, since: since ?? undefined };
    },
  };
}
