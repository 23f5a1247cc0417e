import type { Response } from 'express';

/** HTTP/1.1 browsers open six connections to a host: more streams would leave none for pages. */
const MAX_PER_SESSION = 4;

/** The event streams open in this process. */
export interface Streams {
  /** False when the session has as many as it may; the answer then stays the caller's. */
  add(sessionId: string, res: Response): boolean;
  /** Ends all of them: browsers come back to another process, or to this one restarted. */
  closeAll(): void;
}

export function createStreams(): Streams {
  const open = new Map<string, Set<Response>>();
  return {
    add(sessionId, res) {
      const own = open.get(sessionId) ?? new Set();
      if (own.size >= MAX_PER_SESSION) return false;
      own.add(res);
      open.set(sessionId, own);
      res.on('close', () => {
        own.delete(res);
        if (own.size === 0) open.delete(sessionId);
      });
      return true;
    },
    closeAll() {
      for (const own of open.values()) for (const res of own) res.end();
    },
  };
}
