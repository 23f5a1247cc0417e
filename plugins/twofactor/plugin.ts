import { definePlugin, type SiteId, type SlotFacts } from 'estafette/plugin';
import { type FactorConfig, factorConfig } from './config';
import { forgetDevices, isRemembered, listDevices } from './devices';
import { methodsOf, overview, removeAll, takeCode } from './factors';
import { type Context, isoAt } from './owner';
import { CHALLENGE } from './passing';
import { findPerson, notePerson } from './people';
import { daysLeft, deadlineOf, isExempt } from './policy';
import { removePerson, removeResets } from './resets';
import { routes } from './routes';
import { sweep } from './sweep';

/** A word to somebody who has some days left to set up a second factor. */
async function countdown(
  { site, user, groups }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!user) return undefined;
  const config = context.config({ site: site.id, groups });
  if (!config.required) return undefined;
  const owner = { site: site.id, user: user.id };
  if ((await methodsOf(context.db, owner)).length > 0) return undefined;
  const now = context.clock.now();
  const person = await findPerson(context.db, owner);
  const deadline = deadlineOf(config, person?.requiredSince, now);
  if (deadline === undefined) return undefined;
  return {
    days: daysLeft(deadline, now),
    until: isoAt(deadline),
    href: context.url('enrol'),
  };
}

/** On the page of somebody's own security: what they have, and where to change it. */
async function summary(
  { site, user }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!user) return undefined;
  const owner = { site: site.id, user: user.id };
  const { totp, passkeys, recovery } = await overview(context, owner);
  return {
    hasTotp: totp !== undefined,
    passkeys: passkeys.map(({ name }) => name),
    recovery,
    href: context.url(''),
  };
}

export default definePlugin<FactorConfig>({
  id: 'twofactor',
  api: '^1.0',
  title: 'twofactor:title',
  summary: 'twofactor:summary',
  needs: ['audit', 'db', 'notice'],
  provides: ['second-factor'],
  // Where it is on and not in service, nobody signs in: a factor that cannot be asked is not skipped.
  onBootFailure: 'abort',
  config: factorConfig,
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
      async check({ site }, user, code) {
        const checked = await takeCode(context, { site, user }, code);
        return checked.kind === 'right';
      },
    });

    // Somebody else was in the account: what they may have had trusted is trusted no more.
    context.hooks.on('account:secured', async ({ user }) => {
      await forgetDevices(context.db, { site: user.site, user: user.id });
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
        application: totp ? { createdAt: totp.createdAt, usedAt: totp.usedAt ?? null } : null,
        passkeys: passkeys.map(({ name, createdAt, usedAt }) => ({
          name,
          createdAt,
          usedAt: usedAt ?? null,
        })),
        recoveryCodes: { left: recovery.left, of: recovery.of },
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
