/**
 * Memberships that stand for all others: no group, each one alone, all of them together. Layers of
 * groups follow each other, so what two of them give each other shows where all speak.
 */
export const combinationsOf = (groups: readonly string[]): readonly (readonly string[])[] => [
  [],
  ...groups.map((group) => [group]),
  ...(groups.length > 1 ? [groups] : []),
];
