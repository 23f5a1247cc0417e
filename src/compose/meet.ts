import { cacheKey, createCache } from '../kernel/cache';
import type { Address } from '../mail/types';
import { isCollecting } from './collecting';
import type { ComposeContext } from './context';
import { meetPeople } from './correspondent-store';
import type { Compose } from './types';

// Of a message to a whole directorate only the first.
const MAX_MET_AT_ONCE = 20;
const MAX_REMEMBERED = 20_000;
// Whom the table has forgotten meanwhile is met again after this.
const REMEMBERED_MS = 60 * 60_000;

/**
 * Takes note of the people of opened messages. Those met before cost nothing: whom this process
 * has noted is remembered here. The agent's own addresses are nobody to suggest.
 */
export function createMeeting({
  clock,
  db,
  settings,
}: Pick<ComposeContext, 'clock' | 'db' | 'settings'>): Compose['meet'] {
  /** Whether with a name. */
  const noted = createCache<boolean>({ clock, max: MAX_REMEMBERED, ttlMs: REMEMBERED_MS });
  return async (actor, people) => {
    const { user } = actor;
    const own = new Set([user.mail, ...user.aliases].map((mail) => mail.toLowerCase()));
    const each = new Map<string, Address>();
    for (const person of people) {
      const mail = person.mail.toLowerCase();
      if (!isMail(mail) || own.has(mail)) continue;
      const key = cacheKey(user.site, user.id, mail);
      // Of several names the last; an address written again without one has lost none.
      if (person.name !== '' || !each.has(key)) each.set(key, person);
    }
    const met = [...each].slice(0, MAX_MET_AT_ONCE).filter(([key, { name }]) => {
      const isNamed = noted.get(key);
      return isNamed === undefined || (!isNamed && name !== '');
    });
    if (met.length === 0) return;
    await meetPeople(
      db.knex,
      user.id,
      met.map(([, person]) => person),
      { now: clock.now(), isWanted: () => isCollecting({ settings }, actor) },
    );
    for (const [key, { name }] of met) noted.set(key, name !== '');
  };
}

const isMail = (mail: string): boolean => mail.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(mail);
