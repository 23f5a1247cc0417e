import { deviceText, type SlotFacts, type Translate } from 'estafette/plugin';
import { overview } from './factors';
import type { Context } from './owner';
import type { Recovery } from './recovery';
import { countUnreadable } from './totp-store';

/** A factor as its owner is shown it: what they do not recognise is somebody else's. */
interface Shown {
  /** `totp`, or the number of a passkey. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** In words; `undefined` where the browser was not noted. */
  readonly addedFrom: string | undefined;
  readonly usedAt: string | undefined;
}

/** In words; `undefined` where the browser was not noted. */
const whence = (agent: string, t: Translate): string | undefined =>
  agent === '' ? undefined : deviceText(t, agent);

/** Every way that a person has set up, in words of theirs, the application last. */
export function shownFactors(
  { totp, passkeys }: Pick<Awaited<ReturnType<typeof overview>>, 'totp' | 'passkeys'>,
  t: Translate,
): readonly Shown[] {
  return [
    ...passkeys.map(({ id, name, createdAt, addedFrom, usedAt }) => ({
      id,
      name,
      createdAt,
      addedFrom: whence(addedFrom, t),
      usedAt,
    })),
    ...(totp
      ? [
          {
            id: 'totp',
            name: t('twofactor:factors.totpName'),
            createdAt: totp.createdAt,
            addedFrom: whence(totp.addedFrom, t),
            usedAt: totp.usedAt,
          },
        ]
      : []),
  ];
}

/** The recovery codes as their owner is shown them: since when, and from which browser. */
export const shownRecovery = (
  { left, of, createdAt, madeFrom }: Recovery,
  t: Translate,
): Omit<Recovery, 'madeFrom'> & Pick<Shown, 'addedFrom'> => ({
  left,
  of,
  createdAt,
  addedFrom: whence(madeFrom, t),
});

/** On the page of somebody's own security: what they have, since when, and where to take it away. */
export async function summary(
  { site, user, locale }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!user) return undefined;
  const found = await overview(context, { site: site.id, user: user.id });
  const t = context.text(locale ?? context.site(site.id).locale);
  return {
    factors: shownFactors(found, t),
    recovery: shownRecovery(found.recovery, t),
    endCodes: context.url('codes/end'),
    href: context.url(''),
    remove: context.url('remove'),
  };
}

/** What administrators have to know: whose codes the platform can check no more, as a number. */
export async function unreadableSecrets(
  { site }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const count = await countUnreadable(context.db, site.id);
  return count === 0 ? undefined : { count, href: context.url('admin') };
}
