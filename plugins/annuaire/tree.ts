import type { Annuaire } from './ask';
import { isSame, pathTo, rdnOf } from './dn';
import { byOrder } from './entry';
import { plain } from './fold';
import { branchHref } from './links';

/** A branch of the organisation; its own branches are there when it is open. */
export interface Branch {
  readonly name: string;
  readonly href: string;
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
  /** Known to have nothing below it. */
  readonly isLeaf: boolean;
  readonly branches: readonly Branch[];
}

/** The organisation, open as far down as a branch where there is one: a question for each level, at the same time. */
export async function treeTo(annuaire: Annuaire, current: string | undefined): Promise<Branch> {
  const path = current === undefined ? [] : pathTo(current, annuaire.base);
  const [root, ...levels] = await Promise.all([
    annuaire.entry(annuaire.base),
    ...[annuaire.base, ...path].map((dn) => annuaire.below(dn, ['service'])),
  ]);
  const open = [annuaire.base, ...path];
  const branchesAt = (depth: number): readonly Branch[] =>
    [...(levels[depth]?.entries ?? [])].sort(byOrder).map(({ dn, name }) => {
      const next = open[depth + 1];
      const isOpen = next !== undefined && isSame(dn, next);
      const branches = isOpen ? branchesAt(depth + 1) : [];
      const isCurrent = current !== undefined && isSame(dn, current);
      return {
        name,
        href: branchHref(dn, annuaire.of),
        isOpen,
        isCurrent,
        isLeaf: isOpen && branches.length === 0,
        branches,
      };
    });
  return {
    name: root?.name ?? plain(rdnOf(annuaire.base)[1]),
    href: branchHref('', annuaire.of),
    isOpen: true,
    isCurrent: current !== undefined && isSame(current, annuaire.base),
    isLeaf: false,
    branches: branchesAt(0),
  };
}

/** A directory beside the one that is shown: nothing is asked of it. */
export const closedTree = ({ title, of }: Annuaire): Branch => ({
  name: title,
  href: branchHref('', of),
  isOpen: false,
  isCurrent: false,
  isLeaf: false,
  branches: [],
});
