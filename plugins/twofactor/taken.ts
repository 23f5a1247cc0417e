import type { Context } from './owner';

/** What was taken so that it lets in once. */
export interface Taken {
  /** Undoes the taking, unless another one came after it: nobody was let in. Once. */
  giveBack(): Promise<void>;
}

/** What came of a code; `replayed` is a right one that was used before. */
export type Taking = ({ readonly kind: 'right' } & Taken) | { readonly kind: 'wrong' | 'replayed' };

/**
 * Does what something that was taken is for, which ends by letting in: nothing may fail after that.
 * Where it fails, the owner is not kept out for want of it: it is given back, and the failure goes on.
 */
export async function orGiveBack<T>(
  context: Context,
  taken: Taken,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await taken.giveBack().catch((err: unknown) => {
      context.log.error({ err }, 'twofactor/not-given-back');
    });
    throw error;
  }
}
