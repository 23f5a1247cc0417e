import type { Clock } from '../base/clock';

/** What a person waits for the mail server's part of something that is safe already. */
export const PATIENCE_MS = 3_000;

/**
 * What `work` answers, or `otherwise` when it takes longer than a person should wait; it then goes
 * on behind. `onFailure` hears of a failure at any time, which counts as `otherwise`.
 */
export async function soon<T>(
  clock: Clock,
  work: Promise<T>,
  otherwise: T,
  onFailure: (error: unknown) => void,
): Promise<T> {
  let cancel: () => void = () => undefined;
  const late = new Promise<T>((resolve) => {
    cancel = clock.after(PATIENCE_MS, () => resolve(otherwise));
  });
  const settled = work.catch((error: unknown) => {
    onFailure(error);
    return otherwise;
  });
  try {
    return await Promise.race([settled, late]);
  } finally {
    cancel();
  }
}
