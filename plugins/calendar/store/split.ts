import { putTold } from '../outgoing/write';
import type { Tables } from './tables';
import type { Person, Put, Split } from './types';

/** Takes back all that a split has written. */
export class SplitRefused extends Error {
  constructor(readonly put: Put) {
    super('the series is not split');
  }
}

type Writing = Omit<Parameters<typeof putTold>[2], 'uri' | 'text' | 'when'>;

/** Writes both halves of a series; throws `SplitRefused`, which ends the transaction. */
export async function splitSeries(
  table: Tables,
  person: Person,
  { uid, uri, text, ifMatch, rest, telling, ...writing }: Split & Writing,
): Promise<Put> {
  // The second half asks for rooms that the first still has.
  const later = await putTold(table, person, {
    ...writing,
    ...rest,
    when: { ifNoneMatch: true, telling: telling && { ...telling, except: [uid] } },
  });
  if (later.kind !== 'created') throw new SplitRefused(later);
  const put = await putTold(table, person, { ...writing, uri, text, when: { ifMatch, telling } });
  if (put.kind !== 'updated') throw new SplitRefused(put);
  return later;
}
