import type { CheckedSite, SettingsProblem } from 'estafette/plugin';
import type { FactorConfig } from './config';

/** Settings that would keep people out for good, which their schema cannot see. */
export function checkSettings(
  { required, enrolOutside, rpId }: FactorConfig,
  { hasNetworks, hosts }: CheckedSite,
): readonly SettingsProblem[] {
  return [
    // Without networks everywhere is outside.
    ...(required && !enrolOutside && !hasNetworks
      ? [
          {
            keys: ['enrolOutside'],
            message:
              'expected true, or networks of the site (protection.networks): nobody could set up the factor that is required, and who has none is refused for good after the days of grace',
          },
        ]
      : []),
    ...(rpId === undefined ? [] : domainProblems(rpId, hosts)),
  ];
}

/** WebAuthn Level 3, 5.1.3: browsers take a domain that the page’s own host is, or is below. */
function domainProblems(rpId: string, hosts: readonly string[]): readonly SettingsProblem[] {
  const strangers = hosts
    .map((host) => host.replace(/^\*\./, ''))
    .filter((host) => host !== rpId && !host.endsWith(`.${rpId}`));
  if (strangers.length === 0) return [];
  const message = `expected a domain that ${strangers.join(', ')} is or is below, found "${rpId}": browsers refuse every passkey there`;
  return [{ keys: ['rpId'], message }];
}
