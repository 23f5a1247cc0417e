import { createHash } from 'node:crypto';
import type { Difference } from '../itip';
import { ANSWERS, type Answer } from '../people/attendees';
import type { Tables } from '../store/tables';
import type { Person } from '../store/types';

export const ANSWERED = 'calendar_answers';
export const RECEIVED = 'calendar_received';

/** What is kept of a message that changed a meeting. */
const DIFFERENCES_CHARS = 20_000;

/** What somebody said, and of which version of a meeting. */
export interface Said {
  readonly answer: Answer;
  readonly sequence: number;
  readonly at: number;
}

interface AnswerRow {
  readonly answer: string;
  readonly sequence: number;
  readonly said_ms: number;
}

const nameOf = (
  { site, user }: Person,
  { uid, recurrence }: { readonly uid: string; readonly recurrence: string },
) => ({ site, user_id: user, uid: uid.slice(0, 255), recurrence });

/** What a person said of a meeting, or of an occurrence of it. */
export async function saidOf(
  table: Tables,
  person: Person,
  what: { readonly uid: string; readonly recurrence: string },
): Promise<Said | undefined> {
  const row: AnswerRow | undefined = await table(ANSWERED).where(nameOf(person, what)).first();
  const answer = ANSWERS.find((one) => one === row?.answer);
  return row && answer && { answer, sequence: row.sequence, at: row.said_ms };
}

/** Keeps what a person says. */
export async function keepSaid(
  table: Tables,
  person: Person,
  said: Said & { readonly uid: string; readonly recurrence: string },
): Promise<void> {
  await table(ANSWERED)
    .insert({
      ...nameOf(person, said),
      answer: said.answer,
      sequence: said.sequence,
      said_ms: said.at,
    })
    .onConflict(['site', 'user_id', 'uid', 'recurrence'])
    .merge();
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Remembers what a message changed: the second time that it is opened, all is as it says. */
export async function keepReceived(
  table: Tables,
  { site, user }: Person,
  {
    text,
    differences,
    now,
  }: {
    readonly text: string;
    readonly differences: readonly Difference[];
    readonly now: number;
  },
): Promise<void> {
  const words = JSON.stringify(differences);
  if (differences.length === 0 || words.length > DIFFERENCES_CHARS) return;
  await table(RECEIVED)
    .insert({ site, user_id: user, hash: hashOf(text), differences: words, at_ms: now })
    .onConflict(['site', 'user_id', 'hash'])
    .ignore();
}

/** What a message changed when it was first opened. */
export async function receivedOf(
  table: Tables,
  { site, user }: Person,
  text: string,
): Promise<readonly Difference[]> {
  const row: { differences: string } | undefined = await table(RECEIVED)
    .where({ site, user_id: user, hash: hashOf(text) })
    .first('differences');
  // Written by `keepReceived` alone.
  return row ? (JSON.parse(row.differences) as readonly Difference[]) : [];
}

/** What was said and changed long ago is of no use. */
export async function forgetAnswers(table: Tables, site: string, before: number): Promise<void> {
  await table(ANSWERED).where({ site }).where('said_ms', '<', before).delete();
  await table(RECEIVED).where({ site }).where('at_ms', '<', before).delete();
}

export async function eraseAnswers(table: Tables, user: number): Promise<void> {
  for (const name of [ANSWERED, RECEIVED]) await table(name).where({ user_id: user }).delete();
}
