/**
 * The sample ministries: two sites, eight agents, their directory and their mail.
 * Everything is invented and deterministic; no domain outside `.example` is named.
 */
export {
  allDirectoryEntries,
  allDirectoryPasswords,
  directoryEntries,
  directoryPasswords,
} from './data/directory';
export { demoAccounts, groupsOfSite } from './data/groups';
export { type DemoAgent, type DemoSite, demoAgents, demoSites } from './data/people';
export { DEMO_MAILBOXES, type SeedMessage, seedMessages } from './data/seed';
