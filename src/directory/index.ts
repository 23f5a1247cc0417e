// The directory of a site: who works there, by name, address or entry. The core's own answer to the
// port `directory`, over the LDAP directory that people sign in with.
// Not sign-in (session), nor suggestions of the composer (compose). Called by plugins through their
// context, and by whoever asks the port.
export { contactHooks } from './contact-hooks';
export { createLdapDirectory, type LdapDirectories, type LdapDirectoryDeps } from './directory';
export { directoryHooks } from './hooks';
export { createOwnEntries, type OwnChanges, type OwnEntries } from './own-entry';
export { checkQuestion } from './question';
export { directoryPortShape } from './shape';
export {
  type DirectoryAnswer,
  type DirectoryFacts,
  type DirectoryFilter,
  type DirectoryPicture,
  type DirectoryPort,
  type DirectoryQuery,
  type DirectoryQuestion,
  type DirectoryRecord,
  type DirectoryScope,
  SIGN_IN_DIRECTORY,
} from './types';
