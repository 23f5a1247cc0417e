import type { Request, Response } from 'express';
import type { KeptState, KeptStates } from '../session';
import { type CookieName, readCookie, writeCookie } from './cookies';

/** A browser's tabs may be at a provider at the same time: one cookie for each of the last ones. */
const SLOTS = ['way', 'way2', 'way3', 'way4'] as const satisfies readonly CookieName[];
const STATE_S = 600; // the cookies live as long as the states in them
/** Of all slots: servers and proxies refuse headers of 8 kB, and the session has its cookies too. */
const MAX_CHARS = 3_900;

interface Visit {
  readonly req: Request;
  readonly res: Response;
  readonly keptStates: KeptStates;
  readonly isSecure: boolean;
}

const heldIn = ({ req, isSecure }: Pick<Visit, 'req' | 'isSecure'>) =>
  SLOTS.map((slot) => ({ slot, value: readCookie(req, slot, isSecure) ?? '' }));
const statesOf = (held: ReturnType<typeof heldIn>): readonly string[] =>
  held.map(({ value }) => value).filter((value) => value !== '');

/** Remembers a sign-in that begins beside those under way; the oldest make room. */
export function rememberWay(visit: Visit, sealed: string): void {
  const { res, keptStates, isSecure } = visit;
  const held = heldIn(visit);
  const left = [...keptStates.inOrder(statesOf(held))];
  const isTooMuch = () =>
    left.length >= SLOTS.length || [sealed, ...left].join('').length > MAX_CHARS;
  while (left.length > 0 && isTooMuch()) left.shift();
  const free = held.filter(({ value }) => !left.includes(value));
  const own = free[0]?.slot ?? 'way';
  for (const { slot, value } of free) {
    if (slot !== own && value !== '') writeCookie(res, slot, undefined, { isSecure });
  }
  writeCookie(res, own, sealed, { isSecure, maxAgeS: STATE_S });
}

/** Whether this browser began a sign-in; a form that comes from another site brings no cookie. */
export const hasWay = ({ req, isSecure }: Pick<Visit, 'req' | 'isSecure'>): boolean =>
  SLOTS.some((slot) => readCookie(req, slot, isSecure) !== undefined);

/** The kept state that a return answers: the others wait for theirs. */
export function recallWay(
  visit: Visit,
  at: Pick<KeptState, 'site' | 'plugin' | 'method'>,
  returned: readonly string[],
): string | undefined {
  return visit.keptStates.choose(statesOf(heldIn(visit)), at, returned);
}

/** Takes a kept state out of its cookie: it is used up, or good for nothing. */
export function forgetWay(visit: Visit, sealed: string | undefined): void {
  const { res, isSecure } = visit;
  for (const { slot, value } of heldIn(visit)) {
    if (value !== '' && value === sealed) writeCookie(res, slot, undefined, { isSecure });
  }
}
