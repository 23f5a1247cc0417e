import { openText, sealText } from '../base/aead';
import { newToken } from '../base/ids';
import type { SessionId, SiteId, UserId } from '../base/types';
import type { EnabledSet } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { type KeyRing, purposeKey } from './keys';
import type { Actor, MailCredential } from './types';
import type { UserStore } from './user-store';

/**
 * Acts for an agent who asked for something to be done later and may have signed out since. What
 * opens their mail is sealed by the server's key alone, for that one thing, and goes with it
 * (docs/decisions/0022).
 */
export interface Absentees {
  /** What to keep of the access that `actor` has now; undefined where the site keeps none. */
  keep(actor: Actor, about: string): Promise<string | undefined>;
  /** The agent with what was kept; undefined when that opens nothing any more, or nobody. */
  actor(
    owner: { readonly user: UserId; readonly site: string },
    kept: string | undefined,
    about: string,
  ): Promise<Actor | undefined>;
}

export interface AbsenteesDeps {
  readonly keys: KeyRing;
  readonly users: Pick<UserStore, 'find'>;
  readonly sites: readonly Site[];
  readonly enabledFor: (subject: {
    readonly site: SiteId;
    readonly groups: readonly string[];
  }) => EnabledSet;
}

const PURPOSE = 'estafette mail access of somebody who is away';

export function createAbsentees({ keys, users, sites, enabledFor }: AbsenteesDeps): Absentees {
  return {
    async keep(actor, about) {
      if (actor.site.sending?.keepAccess === false) return undefined;
      const { host, port } = actor.site.imap;
      const credential = await actor.credential({ host, port });
      const id = keys.currentId;
      const sealed = sealText(
        purposeKey(keys, id, PURPOSE),
        JSON.stringify(withoutService(credential)),
        {
          boundTo: boundTo(actor.site.id, actor.user.id, about),
        },
      );
      return Buffer.concat([Buffer.from([id]), sealed]).toString('base64');
    },
    async actor(owner, kept, about) {
      const site = sites.find(({ id }) => id === owner.site);
      const user = await users.find(owner.user);
      if (!site || !user || kept === undefined) return undefined;
      const credential = opened(keys, site, kept, boundTo(owner.site, owner.user, about));
      return credential && actorOf(site, user, credential, enabledFor);
    },
  };
}

const boundTo = (site: string, user: UserId, about: string): string => `${site}:${user}:${about}`;

/** A service account's password is the configuration's: it is read there again. */
function withoutService(credential: MailCredential): object {
  if (!('ofService' in credential) || credential.ofService !== true) return credential;
  const { password: _secret, ...rest } = credential;
  return rest;
}

function opened(
  keys: KeyRing,
  site: Site,
  kept: string,
  bound: string,
): MailCredential | undefined {
  const bytes = Buffer.from(kept, 'base64');
  let credential: MailCredential & { readonly ofService?: boolean };
  try {
    const key = purposeKey(keys, bytes.readUInt8(0), PURPOSE);
    credential = JSON.parse(openText(key, bytes.subarray(1), bound)) as MailCredential; // authenticated: our own
  } catch {
    return undefined;
  }
  if (credential.ofService !== true) return credential;
  const access = site.mailAccess;
  return access && 'password' in access
    ? ({ ...credential, password: access.password.reveal() } as MailCredential) // as it was before it was sealed
    : undefined;
}

function actorOf(
  site: Site,
  user: Actor['user'],
  credential: MailCredential,
  enabledFor: AbsenteesDeps['enabledFor'],
): Actor {
  // Another one each time: a session that was let go of opens nothing again.
  const id = `away-${newToken(16)}`;
  const { groups, locale } = user;
  return {
    session: {
      id: id as SessionId,
      site: site.id,
      user,
      state: 'open',
      via: 'away',
      createdAt: new Date().toISOString(),
      challenges: [],
    },
    user,
    site,
    scope: { site: site.id, requestId: id, groups, plugins: enabledFor({ site: site.id, groups }) },
    locale,
    credential: () => credential,
    password: () => undefined,
  };
}
