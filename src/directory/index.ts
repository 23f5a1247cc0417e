// The directory of a site: who works there, by name, address or entry. The core's own answer to the
// port `directory`, over the LDAP directory that people sign in with.
// Not sign-in (session), nor suggestions of the composer (compose). Called by plugins through their
// context, and by whoever asks the port.
export { createLdapDirectory, type LdapDirectoryDeps } from './directory';
export { directoryPortShape } from './shape';
export type { DirectoryPort, DirectoryQuery, DirectoryRecord, DirectoryScope } from './types';
