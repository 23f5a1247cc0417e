import { demoAgents } from './data';
import type { DemoMaster } from './imap';

/** The webmail itself, for agents of the second site, who came through CAS and gave it no password. */
export const DEMO_MASTER: DemoMaster = {
  username: 'messagerie',
  password: 'maitre-des-marees',
  opens: demoAgents.filter(({ site }) => site === 'marees').map(({ username }) => username),
};
