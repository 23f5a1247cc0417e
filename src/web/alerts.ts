import { toError } from '../kernel/thrown';
import { deviceText } from '../session';
import type { RequestContext, WebDeps } from './context';
import type { Banner } from './pages/shell';
import { countryText, whenText } from './security-words';

const MAX_SHOWN = 2;

/** What happened to the account and the person has not read yet, above each page until they do. */
export async function alertBanners(deps: WebDeps, ctx: RequestContext): Promise<readonly Banner[]> {
  const { actor, t, locale } = ctx;
  if (!actor) return [];
  const alerts = await unread(deps, actor);
  // Of those that say the same of the same device at the same place, the last one: a browser of the
  // same name elsewhere is news, and denied or dismissed by itself.
  const told = alerts.filter((one, at) => alerts.findIndex((other) => isSame(one, other)) === at);
  return told.slice(0, MAX_SHOWN).map(({ id, code, evidence, createdAt }) => {
    const values = {
      when: whenText(deps, ctx, createdAt),
      device: deviceText(t, String(evidence['device'] ?? '')),
      country: countryText(String(evidence['country'] ?? ''), locale),
      where: String(evidence['remote'] ?? ''),
    };
    const text =
      code === 'locked'
        ? t('security.alert.locked', values)
        : code === 'new-country'
          ? t('security.alert.newCountry', values)
          : t('security.alert.newDevice', values);
    return {
      level: 'warn',
      text,
      actions: [
        { label: t('security.alert.look'), href: '/security' },
        {
          label: t('security.alert.mine'),
          action: '/security/alerts',
          fields: [{ name: 'id', value: String(id) }],
        },
        {
          label: t('security.notMe'),
          action: '/security/not-me',
          fields: [{ name: 'alert', value: String(id) }],
          isDocument: true,
        },
      ],
    };
  });
}

type Alert = Awaited<ReturnType<WebDeps['safety']['alerts']['list']>>[number];

const isSame = (one: Alert, other: Alert): boolean =>
  one.code === other.code &&
  one.evidence['device'] === other.evidence['device'] &&
  one.evidence['remote'] === other.evidence['remote'] &&
  one.evidence['country'] === other.evidence['country'];

/** What a notice is about, by its id: what is known of it, and the notices that say the same. */
export async function findAlert(
  { safety }: WebDeps,
  actor: NonNullable<RequestContext['actor']>,
  id: number | undefined,
): Promise<{ readonly evidence: Alert['evidence']; readonly ids: readonly number[] } | undefined> {
  if (id === undefined) return undefined;
  const alerts = await safety.alerts.list(actor);
  const found = alerts.find((alert) => alert.id === id);
  if (!found) return undefined;
  const ids = alerts.filter((alert) => isSame(alert, found)).map((alert) => alert.id);
  return { evidence: found.evidence, ids };
}

/** A page is not refused for what stands above it: the page of an error least of all. */
async function unread({ safety, log }: WebDeps, actor: NonNullable<RequestContext['actor']>) {
  try {
    return await safety.alerts.list(actor);
  } catch (error) {
    log.warn({ err: toError(error), site: actor.user.site }, 'alerts/unavailable');
    return [];
  }
}
