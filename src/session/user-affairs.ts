import type { SiteId } from '../base/types';
import type { HookEmitter } from '../kernel/hook-types';
import type { UserRecord } from './hooks';
import type { SessionSummary } from './service-types';
import type { User } from './types';
import type { UserStore } from './user-store';

export interface UserAffairsDeps {
  readonly hooks: HookEmitter;
  readonly users: Pick<UserStore, 'findByName' | 'exportUser'>;
  readonly sessions: {
    list(user: User['id']): Promise<readonly SessionSummary[]>;
    eraseUser(user: User['id']): Promise<void>;
  };
  /** What other folders keep of a person: settings, drafts, addresses met. */
  readonly recorders: readonly ((user: User) => Promise<readonly UserRecord[]>)[];
}

/** What the law gives a person: to see what is kept of them (RGPD, article 15), to be erased (17). */
export interface UserAffairs {
  /** By login or address; `user:locate` is asked for what the table does not know. */
  find(site: SiteId, name: string): Promise<User | undefined>;
  /** Everything of the core and of plugins; throws `plugin/guard-failed` when a plugin cannot say. */
  records(user: User): Promise<readonly (UserRecord & { readonly owner: string })[]>;
  /** All or nothing; throws what undid it. */
  erase(user: User): Promise<void>;
}

export function createUserAffairs(deps: UserAffairsDeps): UserAffairs {
  const { hooks, users, sessions, recorders } = deps;

  return {
    async find(site, name) {
      const found = await users.findByName(site, name);
      if (found) return found;
      const asked = name.includes('@') ? { site, mail: name } : { site, login: name };
      const located = await hooks.first({ site }, 'user:locate', asked);
      return located && users.findByName(site, located.answer.login);
    },
    async records(user) {
      const own = await Promise.all(recorders.map((recorder) => recorder(user)));
      const plugins = await hooks.collect({ site: user.site }, 'user:records', { user });
      const core = [
        { file: 'user.json', content: (await users.exportUser(user.id)) ?? null },
        { file: 'sessions.json', content: await sessions.list(user.id) },
        ...own.flat(),
      ];
      return [
        ...core.map((record) => ({ ...record, owner: 'core' })),
        ...plugins.map(({ plugin, item }) => ({ ...item, owner: plugin })),
      ];
    },
    erase: (user) => sessions.eraseUser(user.id),
  };
}
