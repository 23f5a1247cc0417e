import { createHash } from 'node:crypto';
import { keepMails } from '../outgoing/table';
import type { Context } from '../pages/common';
import type { Person, Telling } from '../store';

/** Writes down an answer of which nothing is kept in a calendar; `version`: what it is given to. */
export async function keepReply(
  { db, clock }: Context,
  person: Person,
  { telling, version }: { readonly telling: Telling; readonly version: string },
): Promise<void> {
  const hash = createHash('sha256').update(version).digest('base64url');
  await db.transaction((table) =>
    keepMails(table, person, { telling, now: clock.now(), version: hash }),
  );
}
