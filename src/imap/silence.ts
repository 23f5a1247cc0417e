import type { ImapFlow } from 'imapflow';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';

/** A server at work on a long command says something, or ends it, well within this. */
export const SILENCE_MS = 8_000;
const LOOK_MS = 1_000;

/** Runs commands on a connection while its server is listened to. */
export type Listening = <R>(client: ImapFlow, run: () => Promise<R>) => Promise<R>;

/**
 * A change that may take long on a server that works, and must not on one that is silent:
 * `imap/timeout` once no byte came for `silenceMs`, the wait for a connection included. What has
 * not begun by then never does: nobody would hear of it.
 */
export function whileHeard<T>(
  clock: Clock,
  silenceMs: number,
  use: (listening: Listening) => Promise<T>,
): Promise<T> {
  let client: ImapFlow | undefined;
  let heard = 0;
  let heardAt = clock.now();
  let isOver = false;
  const timeout = (): AppError => new AppError('imap/timeout', { details: { silent: true } });
  return new Promise<T>((resolve, reject) => {
    const stop = clock.every(LOOK_MS, () => {
      const received = client?.stats().received ?? 0;
      if (received !== heard) {
        heard = received;
        heardAt = clock.now();
      }
      if (clock.now() - heardAt < silenceMs) return;
      isOver = true;
      stop();
      // The command is still on the wire: nobody else may use this connection.
      client?.close();
      reject(timeout());
    });
    use(async (taken, run) => {
      if (isOver) throw timeout();
      client = taken;
      heard = taken.stats().received;
      heardAt = clock.now();
      try {
        return await run();
      } finally {
        client = undefined;
      }
    })
      .then(resolve, reject)
      .finally(stop);
  });
}
