import { type DemoSite, demoAgents, demoSites } from './data';
import { groupsOfAgent } from './data/groups';

type File = Readonly<Record<string, unknown>>;

const PLUGIN = 'twofactor';
/** A day that has passed, whenever the demonstration is started. */
const LONG_AGO = '2026-01-01';
const GRACE_DAYS = 14;

interface Asked {
  readonly asked: 'now' | 'later';
  /** Settings of the plugin for the group. */
  readonly says: File;
}

/** Groups of the first site of whom one is required. */
const REQUIRED: Readonly<Record<string, Asked>> = {
  administration: { asked: 'later', says: { required: true, graceDays: GRACE_DAYS } },
  habilites: { asked: 'now', says: { required: true, from: LONG_AGO, graceDays: 0 } },
};
/** Opens the administration at once: who only looks around has no telephone at hand. */
const EXEMPT = 'plateforme';

const isFirst = (site: DemoSite['id']): boolean => site === demoSites[0]?.id;

/** Accounts of the demonstration that are asked for a second factor, as they are told. */
export const demoFactors = demoAgents.flatMap((agent) => {
  const { site, username } = agent;
  const groups = isFirst(site) ? groupsOfAgent(agent) : [];
  const [required] = groups.flatMap((group) => REQUIRED[group] ?? []);
  return required ? [{ site, username, asked: required.asked }] : [];
});

/** A site's file with second factors: for everybody who wants one, and required of some groups. */
export function withSecondFactor(file: File, site: DemoSite['id']): File {
  const saysOf = (group: string): unknown =>
    group === EXEMPT ? false : REQUIRED[isFirst(site) ? group : '']?.says;
  const groups = (file['groups'] as readonly (File & { readonly id: string })[]).map((group) => {
    const says = saysOf(group.id);
    if (says === undefined) return group;
    return { ...group, plugins: { ...Object(group['plugins']), [PLUGIN]: says } };
  });
  return { ...file, plugins: { ...Object(file['plugins']), [PLUGIN]: true }, groups };
}
