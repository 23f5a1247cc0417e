import type { Enabling } from '../enabling';
import { type ConfigSource, issueAt } from '../kernel/config';
import { didYouMean } from '../kernel/config-shape';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';
import { siteSource } from './plugin-faults';
import { FACTOR_PORT, guardsSignIn } from './sign-in-guards';
import { offeredShape } from './sign-in-shapes';
import type { OfferedWay, SignInContribution } from './sign-in-types';
import type { PluginFault } from './site-check';

type CheckedSite = Pick<Site, 'id' | 'signIn' | 'mailAccess' | 'protection'>;

export interface SignInCheckInput {
  readonly sites: readonly CheckedSite[];
  readonly found: readonly FoundPlugin[];
  /** Which plugins are on for a site, and with which settings. */
  readonly enabling: Pick<Enabling, 'reach' | 'config' | 'faults'>;
  readonly sources?: readonly ConfigSource[];
}

/** A plugin that signs people in, and by which ways; `undefined` when it does not say. */
interface On {
  readonly id: string;
  readonly ways: readonly (OfferedWay & { readonly via: string })[] | undefined;
}

/**
 * Ways in that a site names and does not have, sites where nobody could sign in at all or from
 * outside, and sites whose mail would stay closed to who signs in without a password.
 */
export function checkSignIn(input: SignInCheckInput): readonly PluginFault[] {
  return input.sites.flatMap((site) => {
    const on = input.found.flatMap((plugin) => onSite(plugin, site, input.enabling));
    const source = siteSource(site.id, input.sources ?? []);
    return [
      ...mailProblems(site, on),
      ...unknownWays(site, on),
      ...closedProblems(site, on),
      ...guardProblems(site, input),
      ...outsideProblems(site, input),
    ].map(({ at, message }) => ({ site: site.id, ...issueAt(source, at, message) }));
  });
}

function onSite(
  { id, definition }: FoundPlugin,
  { id: site }: CheckedSite,
  enabling: SignInCheckInput['enabling'],
): readonly On[] {
  const contribution = definition.contributes?.signIn;
  if (!contribution || !enabling.reach(site).has(id)) return [];
  // Nobody is there yet when a way in is shown: the site's own settings, no group's.
  const config = enabling.config(id, { site, groups: [] });
  return [{ id, ways: config.ok ? waysOf(id, contribution, config.value) : undefined }];
}

/** What a plugin answers wrongly it has not said: its buttons are checked when they are shown. */
function waysOf(
  plugin: string,
  contribution: SignInContribution,
  config: Readonly<Record<string, unknown>>,
): On['ways'] {
  try {
    const answer = contribution.offered?.(config);
    return (
      answer && offeredShape.parse(answer).map((way) => ({ ...way, via: `${plugin}.${way.id}` }))
    );
  } catch {
    return undefined;
  }
}

interface Problem {
  readonly at: readonly PropertyKey[];
  readonly message: string;
}

/** Each sign-in of those ways will be refused. */
function mailProblems({ mailAccess }: CheckedSite, on: readonly On[]): readonly Problem[] {
  if (on.length === 0) return [];
  const at = ['mailAccess', 'kind'];
  if (!mailAccess || mailAccess.kind === 'password') {
    const names = on.map(({ id }) => id).join(', ');
    const message = `${names} signs people in without a password, and "password" opens no mail then: expected "oauth", "master" or "authzid"`;
    return [{ at, message }];
  }
  const without = on.flatMap(({ ways = [] }) => ways.filter((way) => way.givesToken === false));
  if (mailAccess.kind !== 'oauth' || without.length === 0) return [];
  const names = without.map(({ via }) => via).join(', ');
  const message = `expected "master" or "authzid", found "oauth": ${names} brings no token to open mail with`;
  return [{ at, message }];
}

const unknownWays = ({ signIn }: CheckedSite, on: readonly On[]): readonly Problem[] =>
  (signIn.order ?? []).flatMap((way, index) => {
    const [plugin = ''] = way.split('.');
    const answers = on.find(({ id }) => id === plugin);
    if (way === 'form' || (answers && !answers.ways)) return [];
    const known = on.flatMap(({ ways = [] }) => ways.map(({ via }) => via));
    if (known.includes(way)) return [];
    const expected = ['form', ...known].map((one) => `"${one}"`).join(', ');
    const ids = on.map(({ id }) => id);
    const hint = answers ? didYouMean(way, known) : didYouMean(plugin, ids);
    const message = `expected a way in that is on (${expected}), found "${way}"${hint}`;
    return [{ at: ['signIn', 'order', index], message }];
  });

function closedProblems({ signIn }: CheckedSite, on: readonly On[]): readonly Problem[] {
  const canEnter = on.some(({ ways }) => !ways || ways.length > 0);
  if (signIn.form !== 'hidden' || canEnter) return [];
  const message = '"hidden" without a plugin that signs people in: nobody can enter';
  return [{ at: ['signIn', 'form'], message }];
}

/** What guards sign-in and is off for its settings closes the site: its fault alone does not say so. */
function guardProblems(
  { id: site }: CheckedSite,
  { found, enabling }: SignInCheckInput,
): readonly Problem[] {
  const guards = found.filter(({ definition }) => guardsSignIn(definition));
  if (guards.length === 0) return [];
  const wrong = new Set(enabling.faults(site).map(({ plugin }) => plugin));
  return guards
    .filter(({ id }) => wrong.has(id))
    .map(({ id }) => ({
      at: ['plugins', id],
      message: `nobody can sign in on this site: ${id} guards sign-in, and its settings are wrong`,
    }));
}

/** Where a second factor is wanted of whoever comes from outside, somebody has to ask for it. */
function outsideProblems(
  { id: site, protection }: CheckedSite,
  { found, enabling }: SignInCheckInput,
): readonly Problem[] {
  if (protection?.networks?.outside !== 'factor') return [];
  const on = enabling.reach(site);
  const isAsked = found.some(
    ({ id, definition }) => on.has(id) && definition.provides?.includes(FACTOR_PORT),
  );
  if (isAsked) return [];
  const message = `expected a plugin that answers for a second factor (twofactor), found none on: nobody can sign in from outside these networks with "factor"`;
  return [{ at: ['protection', 'networks', 'outside'], message }];
}
