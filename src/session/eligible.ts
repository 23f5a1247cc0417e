import { isBelow, parseDn } from '../ldap';
import { groupsOf } from '../sites';
import type { Site } from '../sites/site';
import type { Principal } from './types';

/** Whether the site's rule lets a person in: a branch or a group of the list is enough. */
export function isEligible(site: Pick<Site, 'signIn' | 'groups'>, person: Principal): boolean {
  const { eligible } = site.signIn;
  if (!eligible) return true;
  const dn = person.dn === undefined ? undefined : parseDn(person.dn);
  const isInBranch = eligible.branches.some((branch) => {
    const root = parseDn(branch);
    return dn !== undefined && root !== undefined && isBelow(dn, root);
  });
  if (isInBranch) return true;
  const listed = site.groups.filter(({ id }) => eligible.groups.includes(id));
  return groupsOf(person, listed).length > 0;
}
