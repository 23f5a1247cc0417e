import type { z } from 'zod';
import { isPlainObject, isReference } from '../kernel/freeze';
import { plainCopy } from '../kernel/plain-copy';
import { tokensShape } from './sign-in-shapes';

export type ReadTokens = z.output<typeof tokensShape>;

/** Members of what a plugin answered, each read once; throws for what is no plain object. */
function membersOf(answer: unknown): Readonly<Record<string, unknown>> {
  if (!isReference(answer) || Array.isArray(answer) || !isPlainObject(answer)) {
    throw new Error('answer: expected a plain object');
  }
  // Own members, so that no name of one becomes a prototype.
  return Object.fromEntries(
    Object.keys(answer).map((name) => [name, Reflect.get(answer, name) as unknown]),
  );
}

/** Tokens in clear out of handles; the text is taken once, and checked. */
export function readTokens(answer: unknown): ReadTokens {
  const { access, refresh, ...rest } = membersOf(answer);
  return tokensShape.parse({
    ...plainCopy(rest),
    access: reveal(access),
    ...(refresh !== undefined && { refresh: reveal(refresh) }),
  });
}

function reveal(handle: unknown): unknown {
  if (!isReference(handle)) throw new Error('answer.tokens: expected secretHandle(…)');
  const open: unknown = Reflect.get(handle, 'reveal');
  if (typeof open !== 'function') throw new Error('answer.tokens: expected secretHandle(…)');
  return Reflect.apply(open, handle, []) as unknown;
}

/** An answer whose `tokens` are handles, which no copy of plain data takes. */
export function readWithTokens(answer: unknown): {
  readonly plain: unknown;
  readonly tokens: ReadTokens | undefined;
} {
  const { tokens, ...rest } = membersOf(answer);
  return {
    plain: plainCopy(rest),
    tokens: tokens === undefined ? undefined : readTokens(tokens),
  };
}
