import { randomBytes } from 'node:crypto';
import { ConfigError } from '../../../src/kernel/config';
import { type AppConfig, parseAppConfig, type Site } from '../../../src/sites';

/** A site file that has nothing wrong; `over` replaces keys at the top. */
export const aSiteFile = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  hosts: ['mail.example.test'],
  title: 'Example',
  mailDomains: ['example.test'],
  imap: { host: 'imap.example.test' },
  smtp: { host: 'smtp.example.test', security: 'starttls' },
  signIn: { kind: 'imap' },
  support: { name: 'Help' },
  ...over,
});

interface Files {
  readonly app?: Record<string, unknown>;
  readonly plugins?: Record<string, unknown>;
  readonly sites?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

export function parse({ app = {}, plugins = {}, sites, env = {} }: Files = {}): AppConfig {
  const files = Object.entries(sites ?? { one: aSiteFile() });
  return parseAppConfig(
    {
      app,
      plugins,
      sites: files.map(([id, value]) => ({ file: `config/sites/${id}.json`, value })),
      secretKey: randomBytes(32),
    },
    env,
  );
}

/** The lines of a configuration that is refused. */
export function faultsOf(files: Files): readonly string[] {
  try {
    parse(files);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

export function firstSite(files: Files = {}): Site {
  const [site] = parse(files).sites;
  if (!site) throw new Error('no site');
  return site;
}
