import type { Request, Response } from 'express';
import type { Clock } from '../base/clock';

const LINGER_MS = 1_000;

/**
 * Before a refusal of a body that nobody will read: the connection ends with the answer. A moment of
 * reading first, or the reset would reach the browser before the answer does.
 */
export async function lingerBeforeRefusal(
  req: Request,
  res: Response,
  clock: Clock,
): Promise<void> {
  res.setHeader('Connection', 'close');
  await new Promise<void>((resolve) => {
    const cancel = clock.after(LINGER_MS, resolve);
    req.once('close', () => {
      cancel();
      resolve();
    });
    req.resume();
  });
}
