import { groupsOf, type SiteGroup } from '../../sites';
import { type DemoAgent, type DemoSite, demoAgents, demoSites } from './people';

type Group = Pick<SiteGroup, 'id' | 'title' | 'match'> & Partial<SiteGroup>;

const GROUPS: Readonly<Record<DemoSite['id'], readonly Group[]>> = {
  saisons: [
    {
      ...branchGroup('saisons'),
      plugins: { 'attachment-reminder': { extraWords: ['éphéméride(s)'] } },
    },
    administrators('yasmine.alize'),
    {
      id: 'habilites',
      title: 'Agents habilités',
      match: { logins: ['theo.grandvent'] },
    },
    platform('odile.tramontane'),
  ],
  marees: [branchGroup('marees'), administrators('sidonie.bruyere'), platform('ousmane.valcendre')],
};

function branchGroup(id: DemoSite['id']): Group {
  const site = demoSites.find((candidate) => candidate.id === id);
  const { ou = '', title = '' } = site?.branch ?? {};
  return { id: ou, title, match: { dn: `ou=${ou},ou=agents,${site?.baseDn ?? ''}` } };
}

function administrators(login: string): Group {
  return {
    id: 'administration',
    title: 'Administration de la messagerie',
    match: { logins: [login] },
    permissions: ['admin.access', 'audit.read'],
  };
}

function platform(login: string): Group {
  return {
    id: 'plateforme',
    title: 'Administration de la plateforme',
    match: { logins: [login] },
    permissions: ['admin.access', 'admin.platform', 'audit.platform'],
  };
}

/** What the site's file says of its groups. */
export const groupsOfSite = (id: DemoSite['id']): readonly Group[] => GROUPS[id];

/** Groups that an agent belongs to once signed in. */
export const groupsOfAgent = ({ username, dn, site }: DemoAgent): readonly string[] =>
  groupsOf({ login: username, dn, attributes: {} }, GROUPS[site]);

/** Accounts of the demo, as they are told to whoever starts it. */
export const demoAccounts = demoAgents.map((agent) => ({
  username: agent.username,
  password: agent.password,
  name: agent.name,
  site: agent.site,
  groups: groupsOfAgent(agent),
}));
