import { z } from 'zod';
import type { UserId } from '../base/types';
import type { Address } from '../mail/types';
import type { Executor } from './rows';

// The oldest beyond this are forgotten: nobody writes to more people than this and wants them all.
const MAX_CORRESPONDENTS = 5_000;

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
