import { definePlugin, type PluginContext, type SiteId } from 'estafette/plugin';
import { type MassConfig, massConfig } from './config';
import { countSent, eraseSendings, removeOld, reserve } from './sendings';
import type { Exceeded } from './windows';

/** An hour for today, a day as well from tomorrow on, in the time zone of the site. */
function whenText(
  context: PluginContext<MassConfig>,
  at: { readonly site: SiteId; readonly locale: 'fr' | 'en'; readonly time: number },
): string {
  const { timeZone } = context.site(at.site);
  // The next whole minute: at the one before, it would be refused again.
  const date = new Date(Math.ceil(at.time / 60_000) * 60_000);
  const day = (one: Date): string => one.toLocaleDateString('en-CA', { timeZone });
  const isToday = day(date) === day(new Date(context.clock.now()));
  return new Intl.DateTimeFormat(at.locale, {
    timeZone,
    timeStyle: 'short',
    ...(!isToday && { dateStyle: 'medium' }),
  }).format(date);
}

export default definePlugin<MassConfig>({
  id: 'mass-mail-guard',
  api: '^1.0',
  title: 'mass-mail-guard:title',
  summary: 'mass-mail-guard:summary',
  needs: ['audit', 'db'],
  config: massConfig,
  contributes: {
    jobs: [
      {
        id: 'cleaning',
        every: '1h',
        perSite: true,
        timeoutS: 60,
        async run(context, at) {
          const site = at.site as SiteId; // the job is declared `perSite`
          const removed = await removeOld(context.db, site, context.clock.now());
          context.log.info({ site, removed }, 'mass-mail-guard/cleaned');
        },
      },
    ],
  },

  activate(context) {
    const sentenceOf = (over: Exceeded): string => {
      if (over.possibleAt === undefined) return 'mass-mail-guard:refused.alone';
      if (over.window === '5-minutes') return 'mass-mail-guard:refused.minutes';
      return over.window === 'hour'
        ? 'mass-mail-guard:refused.hour'
        : 'mass-mail-guard:refused.hours';
    };

    context.hooks.on('message:sending', async ({ draft, recipients, user }, scope) => {
      const { to, cc, bcc } = recipients;
      const count = new Set([...to, ...cc, ...bcc].map(({ mail }) => mail.toLowerCase())).size;
      const now = context.clock.now();
      const sending = { site: scope.site, user: user.id, draft: draft.id };
      const config = context.config(scope);
      const over = await reserve(context.db, sending, { config, count, now });
      if (!over) return undefined;
      const { window, limit, used, possibleAt } = over;
      await context.audit({
        event: 'refused',
        ...(scope.as ? { as: scope.as } : { site: scope.site }),
        details: { window, limit, used, recipients: count },
      });
      const place = { site: scope.site, locale: user.locale };
      const when =
        possibleAt === undefined ? '' : whenText(context, { ...place, time: possibleAt });
      return {
        deny: true,
        code: 'too-many',
        message: sentenceOf(over),
        values: { limit, used, recipients: count, when },
      };
    });

    context.hooks.on('message:sent', ({ draft, messageId, envelope, user }, scope) =>
      countSent(
        context.db,
        { site: scope.site, user, draft: draft ?? messageId.slice(0, 64) },
        { count: envelope.to.length, now: context.clock.now() },
      ),
    );

    context.hooks.on('user:erased', ({ user, db }) => eraseSendings(db, user.id));
  },
});
