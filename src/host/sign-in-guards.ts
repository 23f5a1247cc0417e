import type { PluginDefinition } from './define';

/** Who answers for a second factor. */
export const FACTOR_PORT = 'second-factor';

/**
 * Whether sign-in must not go on where the plugin is on and not in service: it asks a second factor
 * or answers for one, or says itself that nothing may run without it.
 */
export const guardsSignIn = ({ contributes, onBootFailure, provides }: PluginDefinition): boolean =>
  onBootFailure === 'abort' ||
  (contributes?.challenges?.length ?? 0) > 0 ||
  (provides?.includes(FACTOR_PORT) ?? false);

/** Whether who answers a challenge has given a second factor: a charter to accept is a challenge, too. */
export const provesFactor = (
  { contributes, provides }: PluginDefinition,
  challenge: string,
): boolean =>
  (provides?.includes(FACTOR_PORT) ?? false) &&
  (contributes?.challenges?.some(({ id }) => id === challenge) ?? false);

/** Why a site opens no session: what guards its sign-in is not in service there. */
export interface SignInClosed {
  readonly plugin: string;
  readonly reason: string;
}
