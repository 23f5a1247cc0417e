import { z } from 'zod';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import { type Cache, createCache } from '../kernel/cache';
import { type DirectoryChange, isAttributeName, type LdapEndpoint } from '../ldap';
import type { Actor, DirectoryLookup } from '../session';
import type { LdapDirectory } from '../sites';
import type { LdapDirectories } from './directory';
import type { DirectoryPort, DirectoryRecord } from './types';

const NAME_MS = 180_000;
const NAMES_MAX = 5_000;
const TIMEOUT_MAX_MS = 4_000;
const ATTRIBUTES_MAX = 20;
const VALUES_MAX = 20;
const VALUE_CHARS = 1_024;
const VALUE_BYTES = 500_000;

const changesShape = z
  .record(
    z.string().refine(isAttributeName, 'expected the name of an attribute'),
    z
      .array(
        z.union([
          z.string().min(1).max(VALUE_CHARS),
          z.instanceof(Buffer).refine(({ length }) => length > 0 && length <= VALUE_BYTES),
        ]),
      )
      .max(VALUES_MAX),
  )
  .refine((changes) => Object.keys(changes).length <= ATTRIBUTES_MAX, 'expected fewer attributes');

export type OwnChanges = DirectoryChange['attributes'];

/** The entry of a person in the directory that they sign in with. */
export interface OwnEntries {
  /**
   * `undefined` where they have none, or the site has no such directory. `isNow` asks the server
   * again, whatever it answered minutes ago.
   */
  find(actor: Actor, how?: { readonly isNow?: boolean }): Promise<DirectoryRecord | undefined>;
  /**
   * Replaces attributes, bound with the password of the session. Throws `directory/refused` when the
   * server says no, or for what nobody changes of themselves; `directory/no-password` for who came by
   * a provider.
   */
  change(actor: Actor, changes: OwnChanges): Promise<void>;
}

export interface OwnEntriesDeps {
  readonly clock: Clock;
  readonly lookup: DirectoryLookup;
  readonly port: Pick<DirectoryPort, 'entry'>;
  readonly entryNow: LdapDirectories['entryNow'];
  readonly forget: (site: SiteId) => void;
  /** `changeEntry` of the LDAP floor. */
  readonly write: (
    directory: LdapEndpoint,
    change: DirectoryChange,
    options: { readonly timeoutMs: number },
  ) => Promise<void>;
}

export function createOwnEntries({
  clock,
  lookup,
  port,
  entryNow,
  forget,
  write,
}: OwnEntriesDeps): OwnEntries {
  const names: Cache<{ readonly dn: string | undefined }> = createCache({
    clock,
    max: NAMES_MAX,
    ttlMs: NAME_MS,
  });

  async function nameOf(directory: LdapDirectory, { site, user }: Actor) {
    const key = `${site.id}|${user.id}|${user.login}`;
    const known = names.get(key);
    if (known) return known.dn;
    const found = await lookup(directory, user.login, timeoutOf(directory));
    const dn = found?.dn;
    names.set(key, { dn });
    return dn;
  }

  return {
    async find(actor, { isNow = false } = {}) {
      const { signIn, id } = actor.site;
      if (signIn.kind !== 'ldap') return undefined;
      const dn = await nameOf(signIn.ldap, actor);
      if (dn === undefined) return undefined;
      return isNow ? entryNow({ site: id }, dn) : port.entry({ site: id }, dn);
    },
    async change(actor, changes) {
      const { signIn, id } = actor.site;
      if (signIn.kind !== 'ldap') throw refused('no-directory');
      const attributes = checkChanges(signIn.ldap, changes);
      if (Object.keys(attributes).length === 0) return;
      const password = actor.password();
      if (!password) throw new AppError('directory/no-password');
      const dn = await nameOf(signIn.ldap, actor);
      if (dn === undefined) throw refused('no-entry');
      await write(
        signIn.ldap,
        { dn, password: password.reveal(), attributes },
        { timeoutMs: timeoutOf(signIn.ldap) },
      );
      forget(id);
    },
  };
}

const timeoutOf = ({ timeoutMs }: LdapDirectory): number => Math.min(timeoutMs, TIMEOUT_MAX_MS);

/** What a server may let people change of themselves and that would make somebody else of them here. */
function checkChanges({ attributes }: LdapDirectory, changes: OwnChanges): OwnChanges {
  const parsed = changesShape.safeParse(changes);
  if (!parsed.success) {
    throw new AppError('request/invalid', {
      details: { what: 'directory change', problem: z.prettifyError(parsed.error) },
    });
  }
  const { uid, mail, imapLogin } = attributes;
  const kept = ['objectclass', 'memberof', uid, mail, imapLogin].map((name) => name.toLowerCase());
  for (const name of Object.keys(parsed.data)) {
    const [plain = ''] = name.toLowerCase().split(';');
    if (kept.includes(plain)) throw refused('kept-attribute');
  }
  return parsed.data;
}

const refused = (reason: string): AppError =>
  new AppError('directory/refused', { details: { reason } });
