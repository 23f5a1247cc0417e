// The LDAP wire: filters, connections, entries, and what a failure means.
// Not who may sign in, nor what a page shows of an entry.
// Called by session (sign-in), directory (search) and health checks.
export { type LdapEndpoint, pingDirectory, type WithClient, withDirectoryClient } from './client';
export { foldValue, isBelow, type NormalDn, parseDn, sameDn } from './dn';
export { type DirectoryEntry, isAttributeName, readEntry, valuesOf } from './entry';
export { classifyFailure, type DirectoryFailure, toDirectoryError } from './errors';
export { buildFilter, escapeFilterValue, isFilterTemplate } from './filter';
export { createKeptConnections } from './kept';
export { changeEntry, type DirectoryChange } from './modify';
export {
  type DirectoryFound,
  type DirectorySearch,
  readDirectoryBytes,
  searchDirectory,
} from './search';
export { openForTls, whileOpen } from './socket';
export { tlsOptionsFor } from './tls';
export { type LdapServer, parseLdapUrl, urlOverTls } from './url';
