import { definePlugin, type SiteId } from 'estafette/plugin';
import { checkSettings } from './check';
import { type FactorConfig, factorConfig } from './config';
import { countdown } from './countdown';
import { forgetDevices, isRemembered, listDevices } from './devices';
import { endRecovery, methodsOf, noteCodes, overview, removeAll } from './factors';
import { CHALLENGE } from './passing';
import { notePerson } from './people';
import { deadlineOf, isExempt } from './policy';
import { renameBrowser } from './renamed';
import { removePerson, removeResets } from './resets';
import { routes } from './routes';
import { summary, unreadableSecrets } from './summary';
import { sweep } from './sweep';

export default definePlugin<FactorConfig>({
  id: 'twofactor',
  api: '^1.0',
  title: 'twofactor:title',
  summary: 'twofactor:summary',
  needs: ['audit', 'db', 'notice', 'session.end'],
  provides: ['second-factor'],
  // Where it is on and not in service, nobody signs in: a factor that cannot be asked is not skipped.
  onBootFailure: 'abort',
  config: factorConfig,
  check: checkSettings,
  contributes: {
    challenges: [{ id: CHALLENGE, label: 'twofactor:challenge.label', path: '/challenge' }],
    admin: { label: 'twofactor:admin.title', href: '/twofactor/admin' },
    slots: [
      {
        slot: 'page.banner@1',
        view: 'banner',
        when: ({ user }) => user !== undefined,
        data: countdown,
      },
      {
        slot: 'security.factors@1',
        view: 'summary',
        when: ({ user }) => user !== undefined,
        data: summary,
        timeoutMs: 1_000,
      },
      { slot: 'admin.security@1', view: 'unreadable', data: unreadableSecrets },
    ],
    assets: { styles: ['twofactor.css'], scripts: ['twofactor.js'], on: ['twofactor'] },
    routes: async () => ({ routes }),
    jobs: [
      {
        id: 'cleaning',
        every: '1h',
        perSite: true,
        timeoutS: 60,
        async run(context, at) {
          const site = at.site as SiteId; // the job is declared `perSite`
          const removed = await sweep(context, site);
          context.log.info({ site, removed }, 'twofactor/cleaned');
        },
      },
    ],
  },

  activate(context) {
    context.hooks.on('session:challenges', async (query) => {
      const { site, user, deviceId } = query;
      const owner = { site, user: user.id };
      const config = context.config({ site, groups: user.groups });
      const methods = await methodsOf(context.db, owner);
      if (methods.includes('totp')) await noteCodes(context, { site }, user.id);
      const asked = {
        id: CHALLENGE,
        label: context.text(user.locale)('twofactor:challenge.label'),
      };
      const person = await notePerson(context, owner, user, config.required);
      if (isExempt(config, query)) return [{ ...asked, satisfied: true }];
      if (methods.length === 0) {
        const now = context.clock.now();
        const deadline = deadlineOf(config, person.requiredSince, now);
        // The site may want one of whoever comes from outside, whatever the plugin's own dates.
        const isDue = deadline !== undefined && deadline <= now;
        return [{ ...asked, satisfied: !isDue && query.wantsFactor !== true }];
      }
      const isKnown =
        config.ask === 'daily' &&
        deviceId !== undefined &&
        (await isRemembered(context, owner, deviceId, config.trustDays));
      return [{ ...asked, satisfied: isKnown }];
    });

    context.services.provide('second-factor', {
      async methods({ site }, user) {
        return methodsOf(context.db, { site, user });
      },
    });

    // Somebody else was in the account: what they may have had trusted is trusted no more, and the
    // codes that were made in another browser than the one that says so may be theirs.
    context.hooks.on('account:secured', async ({ user, device }) => {
      const owner = { site: user.site, user: user.id };
      await forgetDevices(context.db, owner);
      if (device) await renameBrowser(context.db, owner, device);
      await endRecovery(context, { site: user.site }, { user: user.id, but: device?.to });
    });
    context.hooks.on('device:renewed', async ({ user, from, to }) => {
      await renameBrowser(context.db, { site: user.site, user: user.id }, { from, to });
    });
    context.hooks.on('user:erased', async ({ user, db }) => {
      const owner = { site: user.site, user: user.id };
      await removeAll(db, owner);
      await removeResets(db, owner);
      await removePerson(db, owner);
    });
    context.hooks.on('user:records', async ({ user }) => {
      const owner = { site: user.site, user: user.id };
      const { totp, passkeys, recovery } = await overview(context, owner);
      const { trustDays } = context.config({ site: user.site, groups: user.groups });
      const devices = await listDevices(context, owner, { device: undefined, trustDays });
      const content = {
        application: totp ? { ...totp, usedAt: totp.usedAt ?? null } : null,
        passkeys: passkeys.map(({ name, createdAt, addedFrom, usedAt }) => ({
          name,
          createdAt,
          addedFrom,
          usedAt: usedAt ?? null,
        })),
        recoveryCodes: { ...recovery, createdAt: recovery.createdAt ?? null },
        trustedBrowsers: devices.map(({ name, createdAt, expiresAt }) => ({
          name,
          createdAt,
          expiresAt,
        })),
      };
      return [{ file: 'second-factors.json', content }];
    });
  },
});
