import type { ChangeRequest } from '../../../enabling';
import { FACTOR_PORT } from '../../../host/sign-in-guards';
import type { User } from '../../../session';
import { grantsPermission, type Site } from '../../../sites';
import { noteOwn } from '../../safety';
import { ADMIN_ACCESS, ADMIN_PLATFORM, type AdminCall } from './access';
import { pluginOf } from './change-links';

/** A change after which no second factor is asked of people who have one asked now. */
export interface FactorOff {
  readonly request: ChangeRequest;
  /** Those whom it concerns. */
  readonly people: number;
}

/**
 * What a change takes away, where it turns off the plugin of second factors; looked at before it is
 * made. Not what merely asks less often: that stands in the history as any other change.
 */
export async function factorOff(
  { deps, ctx }: AdminCall,
  request: ChangeRequest,
): Promise<FactorOff | undefined> {
  const { enabling, installed, sites } = deps.admin;
  const plugin = installed.find(({ id }) => id === pluginOf(request.path));
  const isSwitch = request.path === `${plugin?.id}.enabled`;
  if (!isSwitch || plugin?.provides?.includes(FACTOR_PORT) !== true) return undefined;
  if (!enabling.check(request).ok) return undefined;
  const site = sites.find(({ id }) => id === request.site)?.id ?? ctx.site.id;
  const groups = request.group === undefined ? [] : [request.group];
  const { after } = await enabling.preview(request, { site, groups });
  if (after.value === true) return undefined;
  const { affected } = await enabling.impactOf(request);
  return affected === 0 ? undefined : { request, people: affected };
}

/** Written down by a name of its own, and told to the other administrators of each site. */
export async function tellFactorOff(
  call: AdminCall,
  { request, people }: FactorOff,
): Promise<void> {
  const { deps, actor } = call;
  const { site, group, path } = request;
  await noteOwn(call, {
    event: 'security:factor-off',
    target: path,
    details: { of: site, people, ...(group !== undefined && { group }) },
  });
  try {
    for (const one of deps.admin.sites.filter(({ id }) => site === '*' || id === site)) {
      for (const user of await administratorsOf(call, one)) {
        if (user.id === actor.user.id) continue;
        await deps.safety.notifier.notify(user, 'factor-off', {
          subject: 'notice.factorOff.subject',
          text: 'notice.factorOff.text',
          values: { name: actor.user.name, site: one.title, count: people },
        });
      }
    }
  } catch (err) {
    // The change is made, and stands in the log and the history.
    deps.log.error({ err, site, path }, 'admin/factor-off-not-told');
  }
}

async function administratorsOf({ deps }: AdminCall, site: Site): Promise<readonly User[]> {
  const users = await deps.safety.users.list(site.id);
  return users.filter(({ groups }) =>
    [ADMIN_ACCESS, ADMIN_PLATFORM].some((one) => grantsPermission(site.groups, groups, one)),
  );
}
