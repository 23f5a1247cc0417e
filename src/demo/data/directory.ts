import type { DirectoryEntry } from '../ldap/match';
import { colleaguesOf, type DemoSite, demoAgents, demoSites, loginOf, officesOf } from './people';

/** Every directory entry of a ministry: containers, agents, colleagues, functional addresses. */
export function directoryEntries(site: DemoSite): DirectoryEntry[] {
  const unit = (name: string): DirectoryEntry => ({
    dn: `ou=${name},${site.baseDn}`,
    attributes: { objectClass: ['organizationalUnit'], ou: [name] },
  });
  const root = {
    dn: site.baseDn,
    attributes: {
      objectClass: ['dcObject', 'organization'],
      dc: [site.id],
      o: [site.title],
    },
  };
  const service = {
    dn: site.serviceDn,
    attributes: {
      objectClass: ['applicationProcess', 'simpleSecurityObject'],
      cn: ['messagerie'],
      description: ['Compte de service de la messagerie'],
    },
  };
  const units = ['agents', 'applications', 'fonctions'].map(unit);
  const { ou } = site.branch;
  const branch = {
    dn: `ou=${ou},ou=agents,${site.baseDn}`,
    attributes: { objectClass: ['organizationalUnit'], ou: [ou] },
  };
  return [root, ...units, branch, service, ...people(site), ...offices(site)];
}

function people(site: DemoSite): DirectoryEntry[] {
  const agents = demoAgents.filter((agent) => agent.site === site.id);
  const colleagues = colleaguesOf(site.id).map(({ name, mail }, index) => {
    const [givenName = '', ...rest] = name.split(' ');
    const surname = rest.join(' ');
    const service = site.services[index % site.services.length] ?? '';
    const username = loginOf(givenName, surname);
    const dn = `uid=${username},ou=agents,${site.baseDn}`;
    return { username, mail, name, givenName, surname, service, title: 'Chargé d’études', dn };
  });
  return [...agents, ...colleagues].map((person, index) => ({
    dn: person.dn,
    attributes: {
      objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
      uid: [person.username],
      cn: [person.name],
      displayName: [person.name],
      givenName: [person.givenName],
      sn: [person.surname],
      mail: [person.mail],
      title: [person.title],
      departmentNumber: [person.service],
      o: [site.title],
      // 01 99 00 is kept for fiction by the French numbering plan.
      telephoneNumber: [`+33 1 99 00 ${10 + (index % 90)} ${10 + ((index * 7) % 90)}`],
    },
  }));
}

function offices(site: DemoSite): DirectoryEntry[] {
  return Object.entries(officesOf(site.id)).map(([id, { name, mail }]) => ({
    dn: `cn=${id},ou=fonctions,${site.baseDn}`,
    attributes: {
      objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
      cn: [name],
      sn: [name],
      displayName: [name],
      mail: [mail],
      o: [site.title],
    },
  }));
}

/** Who may bind to a ministry's directory, DN → password. */
export function directoryPasswords(site: DemoSite): Map<string, string> {
  const agents = demoAgents.filter((agent) => agent.site === site.id);
  return new Map([
    [site.serviceDn, site.servicePassword],
    ...agents.map((agent) => [agent.dn, agent.password] as const),
  ]);
}

/** Names for every site at once. */
export const allDirectoryEntries = (): DirectoryEntry[] => demoSites.flatMap(directoryEntries);
export const allDirectoryPasswords = (): Map<string, string> =>
  new Map(demoSites.flatMap((site) => [...directoryPasswords(site)]));
