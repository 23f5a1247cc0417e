/**
 * Address books that people keep on other servers (RFC 6352), copied here to be read: their cards are
 * found, suggested and exported like others, and changed where they are kept.
 */
export { createAccounts } from './accounts';
export { accountsJob } from './job';
export type { Account, Accounts, Fault, FoundBook, Pending } from './types';
