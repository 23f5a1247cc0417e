import { createHash } from 'node:crypto';
import { generateRequestDetails } from 'web-push';
import { type Clock, isoNow } from '../base/clock';
import { isAppError } from '../base/errors';
import type { Log } from '../base/log';
import { assertNever, type UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { GuardedFetch } from '../kernel/fetch';
import type { Texts } from '../kernel/i18n-types';
import type { Mail } from '../mail';
import type { Absentees, Actor, ClosedSession, KeyRing } from '../session';
import { readCoreSettings, type Settings } from '../settings';
import type { Site } from '../sites';
import { type Announcement, announce, type Notice } from './announcing';
import {
  dropAllDevices,
  dropDevice,
  dropDevicesOf,
  dropIdleWatches,
  dropWatch,
  dueWatches,
  keepDevice,
  keepWatch,
  listDevices,
  type PushDevice,
  type PushOwner,
  type PushWatch,
  pushRecords,
  settleWatch,
  takeWatch,
} from './push-store';
import { vapidKeys } from './vapid';

const MINUTE_MS = 60_000;
const MAX_DEVICES = 10;
const BATCH = 100;
/** Looked at at once by this process: each is a connection to a mail server. */
const AT_ONCE = 8;
const LEASE_MS = 2 * MINUTE_MS;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
/** A notice is of no use to a telephone that is turned on tomorrow. */
const TTL_S = 4 * 3_600;
const SEND_MS = 10_000;
const ANSWER_BYTES = 16 * 1024;
/** Push services take 4,096 bytes, encrypted (RFC 8030 7.2); texts are cut well before. */
const MAX_TEXT = 400;

/** What a browser gives of its subscription (`PushSubscription.toJSON()`). */
export interface Subscription {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  /** What the browser says that it is, for people. */
  readonly device: string;
}

/** Why a device is not told: the site wants none, its browser's service is not one of the site's, nothing is kept of who is away. */
export type PushProblem = 'not-allowed' | 'service' | 'invalid' | 'access';

export interface PushingDeps {
  readonly db: Database;
  readonly mail: Mail;
  readonly settings: Settings;
  readonly absentees: Absentees;
  readonly texts: Texts;
  readonly sites: readonly Site[];
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  /** Contacts the push services that a site names, and nothing else. */
  readonly fetchFor: (services: readonly string[]) => GuardedFetch;
  readonly hrefOf: (mailbox: string, uid: number) => string;
}

/** Devices that are told of new messages while no page is open (docs/decisions/0024). */
export interface Pushing {
  /** What browsers subscribe with; undefined where the site wants none. */
  keyFor(site: Site): string | undefined;
  /** Tells this device from now on; why not, otherwise. Again for one that is told: renews its access. */
  subscribe(actor: Actor, subscription: Subscription): Promise<PushProblem | undefined>;
  /** Tells this device no more. */
  forget(owner: PushOwner, endpoint: string): Promise<void>;
  /** Who signed out, or was signed out, is told nothing there any more. */
  sessionClosed(closed: ClosedSession): Promise<void>;
  /** Looks at the mailboxes whose time has come, and tells; every few seconds. */
  tellDue(): Promise<void>;
  records(user: UserId): Promise<readonly unknown[]>;
}

const ABOUT = 'push';
const idOf = (endpoint: string): string => createHash('sha256').update(endpoint).digest('hex');
/** An uncompressed point of P-256, and a secret of 16 bytes (RFC 8291 3.1, 3.2). */
const areKeys = (p256dh: string, auth: string): boolean =>
  Buffer.from(p256dh, 'base64url').length === 65 && Buffer.from(auth, 'base64url').length === 16;

export function createPushing(deps: PushingDeps): Pushing {
  const { db, absentees, sites, clock, log } = deps;
  const vapid = vapidKeys(deps.keys);
  const pushOf = (site: Pick<Site, 'push'>) => (site.push?.allowed ? site.push : undefined);
  const siteOf = (id: string): Site | undefined => sites.find((site) => site.id === id);
  const everyMs = (site: Site): number => (site.push?.everyMinutes ?? 2) * MINUTE_MS;

  async function subscribe(
    actor: Actor,
    { endpoint, p256dh, auth, device }: Subscription,
  ): Promise<PushProblem | undefined> {
    const { site, user, session } = actor;
    const push = pushOf(site);
    if (!push) return 'not-allowed';
    if (endpoint.length > 2_000 || !areKeys(p256dh, auth)) return 'invalid';
    if (!isServiceOf(push.services, endpoint)) return 'service';
    const access = await absentees.keep(actor, ABOUT);
    if (access === undefined) return 'access';
    const owner = { user: user.id, site: site.id };
    const { places } = await announcementOf(actor, []);
    await keepDevice(
      db.knex,
      {
        ...owner,
        id: idOf(`${user.id} ${endpoint}`),
        session: session.id,
        endpoint,
        p256dh,
        auth,
        device: device.slice(0, 200),
        createdAt: isoNow(clock),
      },
      MAX_DEVICES,
    );
    await keepWatch(db.knex, { ...owner, access, places }, clock.now() + everyMs(site));
    return undefined;
  }

  async function announcementOf(actor: Actor, known: PushWatch['places']): Promise<Announcement> {
    const core = await readCoreSettings(deps.settings, actor.user);
    const t = deps.texts.for(core.display.language, actor.site.skin);
    return announce(deps, { actor, core, t }, known);
  }

  async function tellDue(): Promise<void> {
    const due = [...(await dueWatches(db.knex, clock.now(), BATCH))];
    const worker = async (): Promise<void> => {
      for (let watch = due.pop(); watch; watch = due.pop()) await tell(watch);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** Looks once, by one process. */
  async function tell(watch: PushWatch): Promise<void> {
    const now = clock.now();
    if (!(await takeWatch(db.knex, watch, now, now + LEASE_MS))) return;
    const site = siteOf(watch.site);
    const actor =
      site && pushOf(site) ? await absentees.actor(watch, watch.access, ABOUT) : undefined;
    if (!site || !actor) {
      await dropWatch(db.knex, watch);
      return;
    }
    try {
      const { places, notices } = await announcementOf(actor, watch.places);
      // First: what is told twice is worse than what the list alone shows.
      const dueAt = clock.now() + everyMs(site);
      await settleWatch(db.knex, watch, { dueAt, failures: 0, places });
      await sendAll(site, watch, notices);
    } catch (error) {
      await settleFailure(site, watch, error);
    } finally {
      deps.mail.release(actor);
    }
  }

  async function settleFailure(site: Site, watch: PushWatch, error: unknown): Promise<void> {
    log.info({ err: error, site: site.id }, 'push/look-failed');
    // Another password by now: the next page of theirs brings it.
    if (isAppError(error, 'imap/credentials')) {
      await dropWatch(db.knex, watch);
      return;
    }
    const failures = watch.failures + 1;
    const pause = Math.min(everyMs(site) * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS);
    await settleWatch(db.knex, watch, { dueAt: clock.now() + pause, failures });
  }

  async function sendAll(site: Site, owner: PushOwner, notices: readonly Notice[]): Promise<void> {
    if (notices.length === 0) return;
    const devices = await listDevices(db.knex, owner);
    if (devices.length === 0) await dropWatch(db.knex, owner);
    for (const device of devices) {
      for (const notice of notices) {
        const isGone = await send(site, device, notice);
        if (isGone) break;
      }
    }
  }

  /** True when the service knows the device no more. */
  async function send(site: Site, device: PushDevice, notice: Notice): Promise<boolean> {
    const { endpoint, p256dh, auth } = device;
    const payload = JSON.stringify({
      title: notice.title.slice(0, MAX_TEXT),
      text: notice.text.slice(0, MAX_TEXT),
      tag: notice.tag.slice(0, MAX_TEXT),
      href: deps.hrefOf(notice.mailbox, notice.uid),
    });
    try {
      const { headers, body } = generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        payload,
        { TTL: TTL_S, urgency: 'normal', vapidDetails: { subject: subjectOf(site), ...vapid } },
      );
      const answer = await deps.fetchFor(site.push?.services ?? [])(endpoint, {
        method: 'POST',
        headers: sentHeaders(headers),
        body: body ?? Buffer.alloc(0),
        maxBytes: ANSWER_BYTES,
        timeoutMs: SEND_MS,
        maxRedirects: 0,
      });
      if (answer.status < 300) return false;
      const isGone = [400, 401, 403, 404, 410].includes(answer.status);
      log.info({ site: site.id, status: answer.status, isGone }, 'push/refused');
      if (isGone) await dropDevice(db.knex, device, device.id);
      return isGone;
    } catch (error) {
      log.info({ err: error, site: site.id }, 'push/not-sent');
      return false;
    }
  }

  return {
    keyFor: (site) => (pushOf(site) ? vapid.publicKey : undefined),
    subscribe,
    async forget(owner, endpoint) {
      await dropDevice(db.knex, owner, idOf(`${owner.user} ${endpoint}`));
      await dropIdleWatches(db.knex);
    },
    async sessionClosed({ sessionId, user, reason }) {
      switch (reason) {
        // One that is over by itself is what notices are for; the others go on under another id.
        case 'expired':
        case 'renewed':
        case 'replaced':
          return;
        case 'signed-out':
        case 'provider':
          await dropDevicesOf(db.knex, sessionId);
          break;
        // Somebody closed it from elsewhere: a device that is lost, perhaps.
        case 'revoked':
        case 'erased':
          await dropAllDevices(db.knex, { user: user.id, site: user.site });
          break;
        default:
          assertNever(reason);
      }
      await dropIdleWatches(db.knex);
    },
    tellDue,
    records: (user) => pushRecords(db.knex, user),
  };
}

/** Whom a push service writes to when something is wrong (RFC 8292 2.1). */
function subjectOf(site: Site): string {
  const { mail, url } = site.support;
  if (mail !== undefined) return `mailto:${mail}`;
  return url?.startsWith('https:') ? url : `https://${site.hosts[0] ?? 'localhost'}/`;
}

/** What is set by the framing is not ours to say. */
const sentHeaders = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.toLowerCase() === 'content-length' ? [] : [[name, `${value as string | number}`]],
    ),
  );

/** Whether an endpoint is of one of a site's services: `host`, `*.domain`, either with `:port`. */
function isServiceOf(services: readonly string[], endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, host, username } = new URL(endpoint);
  if (username !== '') return false;
  return services.some((service) => {
    // A port is named for a service of one's own, behind whatever protects it there.
    if (/:\d+$/.test(service)) return host === service;
    const isHost = service.startsWith('*.')
      ? hostname.endsWith(service.slice(1))
      : hostname === service;
    return protocol === 'https:' && host === hostname && isHost;
  });
}
