import { definePlugin, type SiteId } from 'estafette/plugin';
import { type GuardConfig, guardConfig } from './config';
import { groupOf } from './groups';
import { lookAt } from './look';
import { questionOf } from './question';
import { ask, eraseQuestions, settle, settleOld } from './questions';

/** A question that stays without an answer for so long: who was asked went back. */
const OPEN_MS = 24 * 3_600_000;

export default definePlugin<GuardConfig>({
  id: 'recipient-guard',
  api: '^1.0',
  title: 'recipient-guard:title',
  summary: 'recipient-guard:summary',
  needs: ['audit', 'correspondents', 'db', 'mail.read'],
  config: guardConfig,
  contributes: {
    slots: [
      {
        slot: 'compose.recipients.after@1',
        view: 'notice',
        when: ({ draft }) => (draft?.recipients ?? []).length > 0,
        data({ site, groups, draft }, context) {
          const config = context.config({ site: site.id, groups });
          const own = context.site(site.id).mailDomains;
          const outside = (draft?.recipients ?? []).filter(
            (mail) => groupOf(mail, config, own) === 'outside',
          );
          return outside.length === 0
            ? undefined
            : { count: outside.length, mode: draft?.mode ?? '', outside: outside.slice(0, 20) };
        },
        onFailure: 'hide',
      },
    ],
    jobs: [
      {
        id: 'cleaning',
        every: '1h',
        perSite: true,
        timeoutS: 60,
        async run(context, at) {
          const site = at.site as SiteId; // the job is declared `perSite`
          const left = await settleOld(context.db, site, context.clock.now() - OPEN_MS);
          for (const details of left) await context.audit({ event: 'went-back', site, details });
        },
      },
    ],
  },

  activate(context) {
    context.hooks.on('message:sending', async (message, scope) => {
      const config = context.config(scope);
      if (config.policy === 'inform') return undefined;
      const { id } = message.draft;
      const asked = { site: scope.site, user: message.user.id, draft: id };
      const by = scope.as ? { as: scope.as } : { site: scope.site };
      const look = await lookAt(context, message, scope);
      if (!look) {
        const details = await settle(context.db, asked);
        if (details) await context.audit({ event: 'withdrawn', ...by, details });
        return undefined;
      }
      const delayMs = config.policy === 'delay' ? config.delayS * 1_000 : 0;
      const word = await ask(context.db, asked, look, { now: context.clock.now(), delayMs });
      return questionOf(look, config, word);
    });

    context.hooks.on('message:sent', async ({ draft, user }, scope) => {
      if (draft === undefined) return;
      const details = await settle(context.db, { site: scope.site, user, draft });
      if (!details) return;
      await context.audit({
        event: details['isHidden'] === true ? 'sent-hidden' : 'sent-as-is',
        ...(scope.as ? { as: scope.as } : { site: scope.site }),
        details,
      });
    });

    context.hooks.on('user:erased', ({ user, db }) => eraseQuestions(db, user.id));
  },
});
