import type { Knex } from 'knex';
import { z } from 'zod';
import { type Clock, isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Settings } from './types';

const MAX_VALUE_BYTES = 64 * 1024; // a signature with an inline logo; anything larger is a file
const MAX_KEYS = 200; // per write: a section has about ten
const MAX_ROWS = 5_000; // per user and scope: remembered senders are the most numerous
const USERS_AT_ONCE = 500; // far below what a statement may bind

// Column widths of the table; the pattern keeps `__proto__` and its kin out of result objects.
const SCOPE = /^[a-z][a-z0-9-]{0,63}$/;
const KEY = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/;
const FORBIDDEN_KEYS = new Set(['constructor', 'prototype']);

const rowShape = z.object({ scope: z.string(), key: z.string(), value: z.string() });

export interface SettingsDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** What each site locks; nothing by default. */
  readonly locked?: Settings['locked'];
}

/** Settings as rows of the table `settings`. Bad scopes, keys and sizes throw `request/invalid`. */
export function createSettings({ db, clock, locked = () => [] }: SettingsDeps): Settings {
  const rowsOf = (user: UserId) => db.knex('settings').where({ user_id: user });

  return {
    locked,
    async read(user, scope) {
      const rows: unknown[] = await rowsOf(user).where({ scope }).orderBy('key').limit(MAX_ROWS);
      return Object.fromEntries(rows.map(parseRow).map(({ key, value }) => [key, value]));
    },
    async readMany(users, scope) {
      const found = new Map<UserId, Record<string, unknown>>();
      const all = [...new Set(users)];
      for (let at = 0; at < all.length; at += USERS_AT_ONCE) {
        const rows: unknown = await db
          .knex('settings')
          .where({ scope })
          .whereIn('user_id', all.slice(at, at + USERS_AT_ONCE))
          .select('user_id', 'scope', 'key', 'value');
        addTo(found, rows);
      }
      return found;
    },
    async readKey(user, scope, key) {
      const row: unknown = await rowsOf(user).where({ scope, key }).first();
      return row === undefined ? undefined : parseRow(row).value;
    },
    async readAll(scope, prefix) {
      const rows: unknown = await db
        .knex('settings')
        .where({ scope })
        // Keys hold none of the characters that LIKE reads, but for the underscore.
        .where('key', 'like', `${prefix.replace(/[%_]/g, '')}%`)
        .select('user_id', 'scope', 'key', 'value');
      const found = new Map<UserId, Record<string, unknown>>();
      addTo(found, rows);
      return found;
    },
    async write(user, scope, values) {
      const entries = Object.entries(values);
      checkWrite(scope, entries);
      const updated_at = isoNow(clock);
      await db.transaction(async (trx) => {
        for (const [key, value] of entries) {
          const id = { user_id: user, scope, key };
          if (value === undefined) await trx('settings').where(id).delete();
          else await upsert(trx, { ...id, value: encode(value), updated_at });
        }
        await checkRoom(trx, user, scope);
      });
    },
    async exportUser(user) {
      const rows: unknown[] = await rowsOf(user).orderBy(['scope', 'key']);
      return rows.map(parseRow);
    },
    async erase(user, trx) {
      await (trx ?? db.knex)('settings').where({ user_id: user }).delete();
    },
  };
}

async function upsert(trx: Knex.Transaction, row: object): Promise<void> {
  const id = ['user_id', 'scope', 'key'];
  await trx('settings').insert(row).onConflict(id).merge(['value', 'updated_at']);
}

async function checkRoom(trx: Knex.Transaction, user: UserId, scope: string): Promise<void> {
  const count: unknown = await trx('settings').where({ user_id: user, scope }).count({ n: '*' });
  const [row] = z.array(z.object({ n: z.number() })).parse(count);
  if ((row?.n ?? 0) > MAX_ROWS) throw invalid('rows');
}

function checkWrite(scope: string, entries: readonly [string, unknown][]): void {
  if (!SCOPE.test(scope)) throw invalid('scope');
  if (entries.length > MAX_KEYS) throw invalid('keys');
  for (const [key] of entries) {
    if (!KEY.test(key) || FORBIDDEN_KEYS.has(key)) throw invalid('key');
  }
}

function encode(value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined || Buffer.byteLength(json) > MAX_VALUE_BYTES) throw invalid('value');
  return json;
}

/** Rows of several users, each to theirs. */
function addTo(found: Map<UserId, Record<string, unknown>>, rows: unknown): void {
  for (const row of z.array(rowShape.extend({ user_id: z.number() })).parse(rows)) {
    const user = row.user_id as UserId; // our own rows
    const { key, value } = parseRow(row);
    const own = found.get(user) ?? {};
    own[key] = value;
    found.set(user, own);
  }
}

function parseRow(row: unknown): { scope: string; key: string; value: unknown } {
  const { scope, key, value } = rowShape.parse(row);
  return { scope, key, value: JSON.parse(value) as unknown };
}

const invalid = (what: string) => new AppError('request/invalid', { details: { settings: what } });
