const UUID = /^urn:uuid:/i;

/** How a group names a card (RFC 6350 6.6.5): by its uid, which a uid that is a URI is already. */
export const memberOf = (uid: string): string =>
  /^[a-z][a-z0-9+.-]*:/i.test(uid) ? uid : `urn:uuid:${uid}`;

/** The same for every way to write a member: a uid as a card has it, or an address. */
export const keyOf = (member: string): string =>
  /^mailto:/i.test(member) ? member.toLowerCase() : member.replace(UUID, '');

/** The uids that a member of a group may mean. */
export const uidsOf = (member: string): readonly string[] => [member, member.replace(UUID, '')];
