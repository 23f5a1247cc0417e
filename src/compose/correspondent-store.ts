import { z } from 'zod';
import type { UserId } from '../base/types';
import type { Address } from '../mail/types';
import type { Executor } from './rows';

// The oldest beyond this are forgotten: nobody writes to more people than this and wants them all.
const MAX_CORRESPONDENTS = 5_000;

// People met in what was read, apart from those written to: they never push those out.
const MAX_MET = 1_000;

export interface Correspondent extends Address {
  readonly uses: number;
  readonly lastUsed: number;
}

/** Without accents and in lower case, so that « helene » finds « Hélène ». */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** The form that is searched: each word after one space. */
const wordsOf = ({ name, mail }: Address): string =>
  ` ${fold(`${name} ${mail}`)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join(' ')} ${fold(mail)}`;

// `\`, `%` and `_` are what LIKE reads; the escape character is given explicitly below.
const likeText = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** Counts one use of each address; a new name replaces an empty one or the former. */
export async function learnCorrespondents(
  on: Executor,
  user: UserId,
  people: readonly Address[],
  now: number,
): Promise<void> {
  for (const person of people) {
    const mail = person.mail.toLowerCase();
    const known = z
      .object({ uses: z.number(), name: z.string() })
      .optional()
      .parse(await on('correspondents').where({ user_id: user, mail }).first());
    const name = person.name || known?.name || '';
    const learned = { name, words: wordsOf({ name, mail }), last_used: now };
    if (known) {
      await on('correspondents')
        .where({ user_id: user, mail })
        .update({ ...learned, uses: known.uses + 1 });
    } else {
      await on('correspondents').insert({ ...learned, user_id: user, mail, uses: 1 });
    }
  }
  await forgetOldest(on, user);
}

/** Takes note of people whom nobody wrote to yet: of no use until then, below all who were. */
export async function meetPeople(
  on: Executor,
  user: UserId,
  people: readonly Address[],
  now: number,
): Promise<void> {
  const rows = people.map((person) => {
    const mail = person.mail.toLowerCase();
    const words = wordsOf({ name: person.name, mail });
    return { user_id: user, mail, name: person.name, words, last_used: now, uses: 0 };
  });
  if (rows.length === 0) return;
  await on('correspondents').insert(rows).onConflict(['user_id', 'mail']).ignore();
  // Somebody written to by the bare address has a name now.
  for (const { mail, name, words } of rows.filter((row) => row.name !== '')) {
    await on('correspondents').where({ user_id: user, mail, name: '' }).update({ name, words });
  }
  const met = on('correspondents').where({ user_id: user, uses: 0 });
  const last = z
    .object({ last_used: z.coerce.number() })
    .optional()
    .parse(await met.clone().orderBy('last_used', 'desc').offset(MAX_MET).first('last_used'));
  if (last) await met.clone().where('last_used', '<=', last.last_used).delete();
}

async function forgetOldest(on: Executor, user: UserId): Promise<void> {
  const oldestKept = z
    .object({ last_used: z.coerce.number() })
    .optional()
    .parse(
      await on('correspondents')
        .where({ user_id: user })
        .orderBy('last_used', 'desc')
        .offset(MAX_CORRESPONDENTS)
        .first('last_used'),
    );
  if (!oldestKept) return;
  await on('correspondents')
    .where({ user_id: user })
    .where('last_used', '<=', oldestKept.last_used)
    .delete();
}

/** Correspondents one of whose words begins with each word of the query, most used first. */
export async function searchCorrespondents(
  on: Executor,
  user: UserId,
  query: string,
  limit: number,
): Promise<readonly Correspondent[]> {
  const search = on('correspondents').where({ user_id: user });
  for (const word of fold(query).split(/\s+/).filter(Boolean).slice(0, 8)) {
    search.whereRaw("words like ? escape '\\'", [`% ${likeText(word)}%`]);
  }
  // Of many who match, those written to come first.
  search.orderByRaw('case when uses > 0 then 0 else 1 end');
  const rows = z
    .array(
      z.object({
        name: z.string(),
        mail: z.string(),
        uses: z.number(),
        last_used: z.coerce.number(),
      }),
    )
    .parse(await search.orderBy('last_used', 'desc').limit(limit));
  return rows.map(({ last_used, ...person }) => ({ ...person, lastUsed: last_used }));
}
