import { type Clock, isoNow } from '../base/clock';
import type { ProcessNews, ProcessRestart } from '../kernel/process-news';

/** More would say nothing else, and they travel in the environment of a process. */
const RESTARTS_MAX = 20;
const WHY_MAX = 300;

export interface News {
  read(): ProcessNews;
  restarted(restart: Omit<ProcessRestart, 'at'>): void;
  reloaded(isRefused: boolean): void;
}

/** Keeps what administrators are told of processes; `tell` brings each change to all of them. */
export function createNews(clock: Clock, tell: (news: ProcessNews) => void): News {
  let news: ProcessNews = { restarts: [] };
  const change = (more: Partial<ProcessNews>): void => {
    news = { ...news, ...more };
    tell(news);
  };
  return {
    read: () => news,
    restarted(restart) {
      const last = { ...restart, at: isoNow(clock), why: restart.why.slice(0, WHY_MAX) };
      change({ restarts: [...news.restarts, last].slice(-RESTARTS_MAX) });
    },
    reloaded: (isRefused) => change({ refusedReload: isRefused ? isoNow(clock) : undefined }),
  };
}
