import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { SiteId, UserId } from '../base/types';
import { createLdapDirectory, createOwnEntries } from '../directory';
import type { PluginPages } from '../host/capabilities/pages';
import type { ContextCore } from '../host/context';
import { createPeople } from '../host/people';
import type { Services } from '../kernel/services';
import { changeEntry, createKeptConnections, readDirectoryBytes, searchDirectory } from '../ldap';
import type { Notifier } from '../notify';
import {
  APP_PASSWORD,
  type AppPasswords,
  createDirectoryLookup,
  type Sessions,
  type User,
  type UserStore,
} from '../session';
import type { AppConfig } from '../sites';
import type { Renderer } from '../view';
import type { Streams } from '../web/streams';

type Given = 'mail' | 'compose' | 'posts' | 'audit' | 'usedOnce' | 'keys' | 'metrics' | 'workers';

interface PluginCoreDeps extends Pick<ContextCore, Given> {
  readonly config: AppConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessions: Pick<Sessions, 'isOpen' | 'signOutUser'>;
  readonly appPasswords: Pick<AppPasswords, 'isOpen'>;
  readonly users: Pick<UserStore, 'find'>;
  readonly notifier: Pick<Notifier, 'notify'>;
  readonly services: Services;
  /** Both are made after the host. */
  readonly renderer: () => Renderer;
  readonly streams: () => Streams;
}

/** What the contexts of plugins reach of the core; also answers the port `directory` by LDAP. */
export function createPluginCore(deps: PluginCoreDeps): ContextCore {
  const { config, clock, sessions, users, services, notifier } = deps;
  const tempDir = path.join(config.dataDir, 'tmp');
  mkdirSync(tempDir, { recursive: true, mode: 0o700 });
  const through = createKeptConnections();
  const { port, entryNow, serves, list, forget } = createLdapDirectory({
    clock,
    sites: config.sites,
    search: (to, question, { timeoutMs }) => searchDirectory(to, question, { timeoutMs, through }),
    readBytes: (to, wanted, { timeoutMs }) =>
      readDirectoryBytes(to, wanted, { timeoutMs, through }),
  });
  const own = createOwnEntries({
    clock,
    lookup: createDirectoryLookup({ clock, log: deps.log }),
    port,
    entryNow,
    forget,
    write: changeEntry,
  });
  services.provide('core', 'directory', port, { fallback: true, serves });
  const people = createPeople({
    clock,
    isOpen: ({ session, site }) =>
      session.via === APP_PASSWORD
        ? deps.appPasswords.isOpen(session)
        : sessions.isOpen(session.id, site),
  });
  const pages: PluginPages = {
    render(view, model, { site, locale }) {
      const own = siteOf(config, site);
      const scope = { site: own.id };
      const { skin, timeZone } = own;
      return deps
        .renderer()
        .fragment(
          { site: own.id, skin, locale, timeZone, scope, csrf: '' },
          { view, model, shell: undefined, facts: { site: { id: own.id, title: own.title } } },
        );
    },
    open: (site, user) => deps.streams().of(site, user),
  };
  /** Of somebody whom the plugin may reach; `none` where there is nobody. */
  async function reached<T>(
    id: UserId,
    mayReach: (site: SiteId) => void,
    { none, run }: { readonly none: T; readonly run: (user: User) => Promise<T> },
  ): Promise<T> {
    const user = await users.find(id);
    if (!user) return none;
    mayReach(user.site);
    return run(user);
  }

  const { mail, compose, posts, audit, usedOnce, keys, metrics, workers } = deps;
  return {
    people,
    mail,
    compose,
    posts,
    directories: { list, port, own },
    audit,
    notices: {
      send: (id, kind, message, mayReach) =>
        reached(id, mayReach, {
          none: false,
          run: (user) => notifier.notify(user, kind, message),
        }),
    },
    sessions: {
      end: (id, mayReach) =>
        reached(id, mayReach, { none: 0, run: () => sessions.signOutUser(id) }),
    },
    usedOnce,
    keys,
    metrics,
    workers,
    tempDir,
    pages: () => pages,
  };
}

function siteOf({ sites }: AppConfig, id: SiteId) {
  const site = sites.find((candidate) => candidate.id === id);
  if (site) return site;
  throw new Error(`no site ${id}`);
}
