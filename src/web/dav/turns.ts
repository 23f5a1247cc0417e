import { AppError } from '../../base/errors';
import type { DavRequest } from '../../host/dav-types';

/** So many whole collections are answered at a time: each may hold 16 million characters. */
const AT_ONCE = 2;
/** Of one person, who has one answered at a time. */
const WAITING = 20;
const AGAIN = { retryAfterS: 10 };

type Asked = Pick<DavRequest, 'method' | 'depth'> & { readonly user: { readonly id: number } };

/** Whether an answer may be as large as what a collection holds. */
const isLarge = ({ method, depth }: Asked): boolean =>
  method === 'REPORT' || (method === 'PROPFIND' && depth !== 0);

/** Who runs what, and in which order the others come. */
export interface Turns {
  /**
   * Runs what may be large two at a time, one of a person, the others in the order in which they came:
   * telephones that all wake at eight must not fill the memory. What is small waits for nobody. Throws
   * `request/budget` when a person has too many waiting, or has waited for `patienceMs`.
   */
  take<T>(asked: Asked, answer: () => Promise<T>): Promise<T>;
}

export function createTurns(patienceMs: number): Turns {
  const running = new Set<number>();
  const waiting: { readonly user: number; readonly go: () => void }[] = [];
  const next = (): void => {
    while (running.size < AT_ONCE) {
      const at = waiting.findIndex(({ user }) => !running.has(user));
      const [one] = at < 0 ? [] : waiting.splice(at, 1);
      if (!one) return;
      running.add(one.user);
      one.go();
    }
  };
  const turnOf = (user: number): Promise<void> =>
    new Promise((go) => {
      waiting.push({ user, go });
      next();
    });
  return {
    async take(asked, answer) {
      if (!isLarge(asked)) return answer();
      const { id } = asked.user;
      if (waiting.filter(({ user }) => user === id).length >= WAITING) {
        throw new AppError('request/budget', AGAIN);
      }
      const since = performance.now();
      await turnOf(id);
      try {
        // Whoever asked has given up since.
        if (performance.now() - since > patienceMs) throw new AppError('request/budget', AGAIN);
        return await answer();
      } finally {
        running.delete(id);
        next();
      }
    },
  };
}
