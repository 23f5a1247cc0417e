import type { Response } from 'express';
import type { SiteId } from '../base/types';
import type { OpenPage } from '../host/capabilities/pages';
import type { Locale } from '../kernel/i18n-types';
import { onClosed } from './closed';

/** HTTP/1.1 browsers open six connections to a host: more streams would leave none for pages. */
const MAX_PER_SESSION = 4;

/** Whose page listens. */
export interface StreamReader {
  readonly site: SiteId;
  readonly user: number;
  readonly locale: Locale;
}

/** The event streams open in this process. */
export interface Streams {
  /** False when the session has as many as it may; the answer then stays the caller's. */
  add(sessionId: string, res: Response, reader?: StreamReader): boolean;
  /** Streams of somebody's pages that this process holds. */
  of(site: SiteId, user: number): readonly OpenPage[];
  /** Ends all of them: browsers come back to another process, or to this one restarted. */
  closeAll(): void;
}

export function createStreams(): Streams {
  const open = new Map<string, Set<Response>>();
  const readers = new Map<Response, StreamReader>();
  return {
    add(sessionId, res, reader) {
      const own = open.get(sessionId) ?? new Set();
      if (own.size >= MAX_PER_SESSION) return false;
      own.add(res);
      if (reader) readers.set(res, reader);
      open.set(sessionId, own);
      onClosed(res, () => {
        own.delete(res);
        readers.delete(res);
        if (own.size === 0) open.delete(sessionId);
      });
      return true;
    },
    of: (site, user) =>
      [...readers]
        .filter(([, reader]) => reader.site === site && reader.user === user)
        .map(([res, { locale }]) => ({
          locale,
          send(html) {
            if (!res.writableEnded) res.write(`${dataLines(html)}\n\n`);
          },
        })),
    closeAll() {
      for (const own of open.values()) for (const res of own) res.end();
    },
  };
}

/** HTML as the data of one event (HTML 9.2.5); empty lines would end it. */
export const dataLines = (html: string): string =>
  html
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .map((line) => `data: ${line}`)
    .join('\n');
