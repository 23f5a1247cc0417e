import type { AdminFrame, AdminNav } from '../../pages/admin';
import type { PageReply } from '../../reply';
import { sendPage } from '../../reply';
import type { AdminCall } from './access';
import { auditReach } from './audit-access';

/** Pages of the menu, by their last segment. */
export type AdminPlace =
  | 'overview'
  | 'sites'
  | 'plugins'
  | 'configuration'
  | 'history'
  | 'jobs'
  | 'health'
  | 'audit'
  | 'boot';

const MENU: readonly { readonly id: AdminPlace; readonly icon: string; readonly isWide?: true }[] =
  [
    { id: 'overview', icon: 'home' },
    { id: 'sites', icon: 'globe' },
    { id: 'plugins', icon: 'list' },
    { id: 'configuration', icon: 'settings' },
    { id: 'history', icon: 'undo' },
    { id: 'jobs', icon: 'refresh' },
    { id: 'health', icon: 'check' },
    { id: 'audit', icon: 'shield' },
    { id: 'boot', icon: 'file', isWide: true },
  ];

export const placeHref = (place: AdminPlace): string =>
  place === 'overview' ? '/admin' : `/admin/${place}`;

export interface AdminReply {
  readonly place: AdminPlace;
  readonly view: string;
  /** Title of the document and heading; that of the place unless told. */
  readonly heading?: string;
  readonly intro?: string;
  readonly status?: number;
  /** Of the page, beside its frame. */
  readonly model: Readonly<Record<string, unknown>>;
  readonly facts?: PageReply['facts'];
}

/** Sends a page of the area: its menu and heading around what is its own. */
export async function sendAdmin(call: AdminCall, reply: AdminReply): Promise<void> {
  const { deps, req, res, ctx } = call;
  const { t } = ctx;
  const heading = reply.heading ?? t(`admin.place.${reply.place}`);
  const frame: AdminFrame = {
    nav: navOf(call, reply.place, (await auditReach(deps, ctx)) !== undefined),
    reach: call.isPlatform ? t('admin.allSites') : ctx.site.title,
    heading,
    intro: reply.intro,
    crumbs:
      reply.heading === undefined
        ? []
        : [{ href: placeHref(reply.place), label: t(`admin.place.${reply.place}`) }],
  };
  await sendPage(deps, req, res, {
    view: reply.view,
    model: { ...reply.model, frame },
    shell: { title: `${heading} – ${t('admin.title')}`, area: 'admin' },
    ...(reply.status !== undefined && { status: reply.status }),
    ...(reply.facts && { facts: reply.facts }),
  });
}

/** Places that the person may open: a reader has the log alone, an administrator may lack it. */
const isOpen = ({ isPlatform, isReaderOnly }: AdminCall, reads: boolean, place: AdminPlace) => {
  if (place === 'audit') return reads;
  if (isReaderOnly) return false;
  return isPlatform || !MENU.find(({ id }) => id === place)?.isWide;
};

function navOf(call: AdminCall, current: AdminPlace, reads: boolean): readonly AdminNav[] {
  const { ctx } = call;
  const core: AdminNav = {
    label: ctx.t('admin.title'),
    items: MENU.filter(({ id }) => isOpen(call, reads, id)).map(({ id, icon }) => ({
      href: placeHref(id),
      label: ctx.t(`admin.place.${id}`),
      icon,
      isCurrent: id === current,
    })),
  };
  const own = call.isReaderOnly ? [] : pluginPages(call);
  return own.length === 0 ? [core] : [core, { label: ctx.t('admin.pluginPages'), items: own }];
}

/** Pages that the plugins of this site have for administrators. */
function pluginPages({ deps, ctx }: AdminCall): AdminNav['items'] {
  return deps
    .host()
    .running(ctx.site.id)
    .flatMap(({ definition }) => {
      const page = definition.contributes?.admin;
      if (!page) return [];
      return [{ href: page.href, label: ctx.t(page.label), icon: 'settings', isCurrent: false }];
    });
}
