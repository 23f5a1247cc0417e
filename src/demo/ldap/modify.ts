import ldap from 'ldapjs';
import { type DirectoryEntry, type IndexedEntry, indexEntry, normalizeDn } from './match';

/** What ldapjs gives for a change: more than its published types tell. */
export interface ModifyRequest {
  readonly dn: { toString(): string };
  readonly changes: readonly {
    readonly operation: string;
    readonly modification: { readonly type: string; readonly buffers: readonly Buffer[] };
  }[];
  readonly connection: { readonly ldap: { readonly bindDN: { toString(): string } } };
}

/** What people may change of their own entry, as the ministry lets them. */
const OWN = new Set(['telephonenumber', 'mobile', 'roomnumber', 'description', 'jpegphoto']);
const PICTURE = 'jpegphoto';

/** The entry as it is from now on; throws what the server answers with. */
export function changed({ entry, dn }: IndexedEntry, request: ModifyRequest): IndexedEntry {
  if (normalizeDn(request.connection.ldap.bindDN.toString()) !== dn) {
    throw new ldap.InsufficientAccessRightsError();
  }
  let attributes: DirectoryEntry['attributes'] = entry.attributes;
  for (const { operation, modification } of request.changes) {
    const name = modification.type.toLowerCase();
    if (!OWN.has(name)) throw new ldap.InsufficientAccessRightsError();
    if (operation !== 'replace') throw new ldap.UnwillingToPerformError();
    const values = modification.buffers.map((value) => (name === PICTURE ? value : String(value)));
    const kept = Object.entries(attributes).filter(([other]) => other.toLowerCase() !== name);
    attributes = Object.fromEntries([
      ...kept,
      ...(values.length > 0 ? [[modification.type, values] as const] : []),
    ]);
  }
  return indexEntry({ dn: entry.dn, attributes });
}
