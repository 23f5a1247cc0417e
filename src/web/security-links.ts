import { type SignInLink, viaOf } from '../session';
import { field, formOf } from './body';
import { requireConfirmed } from './confirmed';
import { setFlash } from './flash';
import type { SecurityLink } from './pages/security';
import { seeOther } from './reply';
import type { OpenCall } from './route';
import { whenText } from './security-words';

const PAGE = '/security';

/** Providers that vouch for the person, as they read them. */
export async function linkLines(call: OpenCall): Promise<readonly SecurityLink[]> {
  const { deps, ctx, actor } = call;
  const links = await deps.sessions.linksOf(actor.user.id);
  return links.map((link) => ({
    way: viaOf(link),
    label: labelOf(call, link),
    issuer: link.issuer,
    linked: whenText(deps, ctx, link.linkedAt),
    used: whenText(deps, ctx, link.usedAt),
  }));
}

/** As the button of the sign-in page says it; by its name where the site has it no more. */
function labelOf({ deps, ctx }: OpenCall, link: SignInLink): string {
  const offered = deps.signIn.methods({ site: ctx.site.id, requestId: ctx.id }, ctx.locale);
  return offered.find((one) => viaOf(one) === viaOf(link))?.label ?? viaOf(link);
}

/** `POST /security/links`: a provider vouches for the person no more, until they link it again. */
export async function removeLink(call: OpenCall): Promise<void> {
  const { deps, ctx, actor, req, res } = call;
  await requireConfirmed(deps, ctx, undefined, PAGE);
  const way = field(formOf(req.body), 'way');
  const links = await deps.sessions.linksOf(actor.user.id);
  const link = links.find((one) => viaOf(one) === way);
  // One that has gone meanwhile is what was asked for.
  if (link) {
    const { plugin, method } = link;
    const by = { session: actor.session.id, remote: ctx.remote };
    const label = labelOf(call, link);
    await deps.sessions.unlink(actor.user, { plugin, method }, by);
    await deps.safety.notifier.notify(actor.user, 'sign-in-unlinked', {
      subject: 'notice.unlinked.subject',
      text: 'notice.unlinked.text',
      values: { label },
    });
  }
  setFlash(deps, res, { level: 'ok', key: 'security.done.link', values: {} });
  seeOther(res, PAGE);
}
