/**
 * The site as a program that a browser installs: its manifest. Not what works without a network.
 * Called by the table of routes.
 */
import type { Call, RouteSpec } from '../route';
import { manifestIcons, manifestOf } from './manifest';

/** The same for everybody on a host: it is asked for without cookies, before any sign-in too. */
function showManifest({ deps, ctx, res }: Call): void {
  const { site, locale, t } = ctx;
  const chain = deps.skins.chain(site.skin);
  const manifest = manifestOf({
    title: site.title,
    locale,
    themeColor: chain.find((skin) => skin.themeColor !== undefined)?.themeColor ?? '#12333a',
    labels: { compose: t('mail.compose'), mail: t('nav.mail') },
    icons: manifestIcons(chain, (skin, name) => deps.renderer.asset(skin, name)),
  });
  // A new skin or title shows at the next look; nothing of a person is in it.
  res.setHeader('Cache-Control', 'no-cache');
  res.type('application/manifest+json').send(JSON.stringify(manifest));
}

export const installableRoutes: readonly RouteSpec[] = [
  {
    method: 'get',
    path: '/manifest.webmanifest',
    access: 'public',
    handle: async (call) => showManifest(call),
  },
];
