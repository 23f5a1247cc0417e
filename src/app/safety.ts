import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Locale, Texts, Translate } from '../kernel/i18n-types';
import type { Metrics } from '../kernel/meter';
import {
  type Alerts,
  createAlerts,
  createNotifier,
  createPosts,
  type Notifier,
  type Posts,
} from '../notify';
import {
  type AppPasswords,
  type CountryOf,
  createAppPasswords,
  createFormThrottle,
  deviceText,
  type FormThrottle,
  loadCountries,
  type SecurityEvent,
  type Throttle,
  type UserStore,
} from '../session';
import { readCoreSettings, type Settings } from '../settings';
import type { Site } from '../sites';
import type { SmtpTransport } from '../smtp';
import { countryText } from '../web/security-words';
import type { AuditEvents } from './audit-events';
import type { CoreListeners } from './heard';

export interface SafetyDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly texts: Texts;
  readonly settings: Settings;
  readonly sites: readonly Site[];
  readonly transport: SmtpTransport;
  readonly throttle: Throttle;
  readonly users: Pick<UserStore, 'findByName'>;
  /** Made after the sessions, which the log knows nothing of. */
  readonly audit: () => Pick<AuditEvents, 'record'>;
  readonly tempDir: string;
  readonly metrics: Metrics;
  /** Plugin id → recipients of its posts an hour. */
  readonly postsAnHour: Readonly<Record<string, number>>;
}

/** What watches over accounts, beside the sessions themselves. */
export interface Safety {
  readonly notifier: Notifier;
  /** Mails of plugins, with nobody there. */
  readonly posts: Posts;
  readonly alerts: Alerts;
  readonly appPasswords: AppPasswords;
  readonly forms: FormThrottle;
  /** The country of a client address by the site's file. */
  readonly countryOf: (site: SiteId, remote: string) => string | undefined;
  /** What the core does of what sessions tell. */
  readonly listeners: CoreListeners;
}

export function createSafety(deps: SafetyDeps): Safety {
  const { db, clock, log, settings, throttle } = deps;
  const countries = readCountries(deps);
  const notifier = createNotifier({
    ...deps,
    localeOf: async (user) => (await readCoreSettings(settings, user)).display.language,
  });
  const alerts = createAlerts({ db, clock });

  return {
    notifier,
    posts: createPosts({
      ...deps,
      anHour: deps.postsAnHour,
      audit: (entry) => deps.audit().record(entry),
    }),
    alerts,
    appPasswords: createAppPasswords({ db, clock, throttle }),
    forms: createFormThrottle({ db, clock }),
    countryOf: (site, remote) => countries.get(site)?.(remote),
    listeners: {
      'security:detected': async (event) => {
        try {
          await tellPerson({ ...deps, notifier, alerts }, event);
        } catch (err) {
          // Nobody is kept out, or let in, because a notice could not be written.
          log.error({ err, site: event.site, code: event.code }, 'security/not-told');
        }
      },
    },
  };
}

/** Files are shared by sites: each is read once. */
function readCountries({ sites, log }: Pick<SafetyDeps, 'sites' | 'log'>) {
  const files = new Map<string, CountryOf>();
  const bySite = new Map<SiteId, CountryOf>();
  for (const { id, protection } of sites) {
    const file = protection?.countries;
    if (file === undefined) continue;
    const known = files.get(file) ?? read(file, log);
    files.set(file, known);
    bySite.set(id, known);
  }
  return bySite;
}

function read(file: string, log: Log): CountryOf {
  try {
    const { find, unread } = loadCountries(file);
    if (unread > 0) log.warn({ file, unread }, 'countries/lines-unread');
    return find;
  } catch (cause) {
    throw new AppError('config/invalid', { cause, details: { file } });
  }
}

type Telling = SafetyDeps & Pick<Safety, 'notifier' | 'alerts'>;

async function tellPerson(deps: Telling, event: SecurityEvent): Promise<void> {
  const { notifier, alerts } = deps;
  const { site, code, evidence } = event;
  if (code === 'new-device' || code === 'new-country') {
    const { user } = event;
    if (!user) return;
    await alerts.add(user, event);
    const words = code === 'new-device' ? NEW_DEVICE : NEW_COUNTRY;
    await notifier.notify(user, code, { ...words, values: wordsOf(deps, site, event) });
    return;
  }
  if (code !== 'locked') return;
  const owner = await deps.users.findByName(site, event.login);
  await deps.audit().record({
    site,
    event: 'account:locked',
    // What was typed at an account that is nobody's may be anything, a password even.
    ...(owner && { target: owner.login }),
    ...(typeof evidence['remote'] === 'string' && { remote: evidence['remote'].slice(0, 64) }),
    details: { minutes: Number(evidence['minutes'] ?? 0), isKnown: owner !== undefined },
  });
  if (!owner) return;
  await alerts.add(owner, event);
  await notifier.notify(owner, code, { ...LOCKED, values: wordsOf(deps, site, event) });
}

const NEW_DEVICE = {
  subject: 'notice.newDevice.subject',
  text: 'notice.newDevice.text',
} as const;
const NEW_COUNTRY = {
  subject: 'notice.newCountry.subject',
  text: 'notice.newCountry.text',
} as const;
const LOCKED = { subject: 'notice.locked.subject', text: 'notice.locked.text' } as const;

const wordsOf =
  ({ clock, sites }: Telling, id: SiteId, { evidence }: SecurityEvent) =>
  (t: Translate, locale: Locale): Readonly<Record<string, string | number>> => {
    const site = sites.find((one) => one.id === id);
    const tag = locale === 'fr' ? 'fr-FR' : 'en-GB';
    const when = new Intl.DateTimeFormat(tag, {
      dateStyle: 'long',
      timeStyle: 'short',
      timeZone: site?.timeZone ?? 'Europe/Paris',
    }).format(clock.now());
    const country = evidence['country'];
    return {
      when,
      device: deviceText(t, String(evidence['device'] ?? '')),
      remote: String(evidence['remote'] ?? ''),
      country: typeof country === 'string' ? countryText(country, locale) : '',
      minutes: Number(evidence['minutes'] ?? 0),
    };
  };
