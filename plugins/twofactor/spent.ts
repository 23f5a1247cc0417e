import { z } from 'estafette/plugin';
import type { Context } from './owner';

const slipShape = z.strictObject({ value: z.string().max(512), until: z.number() });

/** How long a page may stay open before its form is of no use. */
export const SLIP_MS = 10 * 60_000;

/**
 * What a page carries to the form that it leads to: sealed, bound to what it is for, with its end.
 * Reading a page writes nothing.
 */
export const makeSlip = (context: Context, value: string, boundTo: string): string =>
  context.seal(JSON.stringify({ value, until: context.clock.now() + SLIP_MS }), boundTo);

/** What a slip holds, while it lasts; it may be read again. */
export function readSlip(context: Context, slip: string, boundTo: string): string | undefined {
  const text = context.open(slip, boundTo);
  if (text === undefined) return undefined;
  const { value, until } = slipShape.parse(JSON.parse(text)); // our own words
  return context.clock.now() <= until ? value : undefined;
}

/** Takes a slip out of use; false when it was already, in whatever process. */
export const spendSlip = (context: Context, value: string): Promise<boolean> =>
  context.once(`slip ${value}`, context.clock.now() + SLIP_MS);
