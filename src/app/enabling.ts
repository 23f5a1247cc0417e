import type { Audit } from '../audit';
import { type Clock, isoNow } from '../base/clock';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import { choiceKey, choicesFrom, createEnabling, type Enabling, type KnownUser } from '../enabling';
import type { FoundPlugin } from '../host/discover';
import { enablingPlugin, unreadPlugin } from '../host/plugin-faults';
import type { Database } from '../kernel/db-types';
import type { HookEmitter } from '../kernel/hook-types';
import { countOpenSessions, type User, type UserStore } from '../session';
import { CORE_SCOPE, type Settings } from '../settings';
import type { AppConfig } from '../sites';
import { createAppAudit } from './open-audit';

export interface AppEnablingDeps {
  readonly config: Pick<AppConfig, 'sites' | 'sources' | 'secretKey' | 'oldSecretKeys' | 'audit'>;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly hooks: Pick<HookEmitter, 'action'>;
  readonly users: Pick<UserStore, 'list' | 'findByName'>;
  readonly settings: Settings;
  readonly found: readonly FoundPlugin[];
  /** Plugins whose code is not there to be asked: they can be on all the same. */
  readonly unread?: readonly string[];
  readonly onChanged: () => void;
}

export interface AppEnabling {
  readonly enabling: Enabling;
  readonly audit: Audit;
  /** Somebody who has signed in at least once, by login or address, with what they chose. */
  findPerson(site: SiteId, name: string): Promise<KnownUser | undefined>;
}

/** Who has which plugin, over the tables of users, sessions, settings and changes. */
export function createAppEnabling(deps: AppEnablingDeps): AppEnabling {
  const { config, db, clock, users, settings, found, unread = [] } = deps;
  const { sites, sources } = config;
  const audit = createAppAudit(config, deps);

  const known = ({ id, site, login, groups }: User, stored: Readonly<Record<string, unknown>>) => ({
    id,
    site,
    login,
    groups,
    choices: choicesFrom(stored),
  });
  async function people(site?: SiteId): Promise<readonly KnownUser[]> {
    const [all, chosen] = await Promise.all([
      users.list(site),
      settings.readAll(CORE_SCOPE, choiceKey('')),
    ]);
    return all.map((user) => known(user, chosen.get(user.id) ?? {}));
  }

  return {
    audit,
    enabling: createEnabling({
      ...deps,
      audit,
      sources,
      sites,
      plugins: [...found.map(enablingPlugin), ...unread.map(unreadPlugin)],
      people,
      openSessions: (site) => countOpenSessions(db, isoNow(clock), site),
    }),
    async findPerson(site, name) {
      const user = await users.findByName(site, name);
      return user && known(user, await settings.read(user.id, CORE_SCOPE));
    },
  };
}
