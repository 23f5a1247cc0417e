import { mapLimit, withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import { formatIssue } from '../kernel/config';
import type { AppConfig, Site } from '../sites';
import { chooseSites } from './choose-site';
import { type Command, EXIT, print, readArgs, table } from './command';
import type { Deps, Ping } from './deps';

/** One server that does not answer must not hide the others' answers for long. */
const PING_DEADLINE_MS = 10_000;
const PINGS_AT_ONCE = 6;

interface Check {
  readonly site: SiteId;
  readonly what: string;
  readonly target: string;
  readonly isOk: boolean;
  readonly detail: string;
}

export const sitesCheck: Command = {
  name: 'sites:check',
  summary: 'checks the configuration and, if asked, each server of each site',
  usage: [
    'estafette sites:check [--site id] [--connect] [--json]',
    '',
    '--site id   only this site',
    '--connect   connects to the IMAP, SMTP and LDAP servers, and asks the providers that people',
    '            sign in by; exit code 69 if one does not answer',
    '',
    'Exit code 78 for what a start refuses; 1 for what it tells and goes on without: an unknown',
    'plugin or locked setting, a plugin that cannot be loaded, settings that it refuses or that',
    'keep people out.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values } = readArgs(args, {
      site: { type: 'string' },
      connect: { type: 'boolean' },
    });
    const config = deps.loadConfig();
    const sites = chooseSites(config.sites, values.site);
    const checked = new Set(sites.map(({ id }) => id));
    const checks = values.connect
      ? [...(await checkServers(sites, deps)), ...(await checkProviders(config, sites, deps))]
      : [];
    const warnings = (await deps.siteFaults(config))
      .filter(({ site }) => site === undefined || checked.has(site))
      .map(formatIssue);
    const ok = warnings.length === 0 && checks.every(({ isOk }) => isOk);
    print(io, values, { ok, checks, warnings }, () =>
      [describe(sites, checks), ...warnings.map((warning) => `warning: ${warning}`)].join('\n'),
    );
    if (checks.some(({ isOk }) => !isOk)) return EXIT.unavailable;
    return warnings.length > 0 ? EXIT.failure : EXIT.ok;
  },
};

function checkServers(sites: readonly Site[], { pings }: Deps): Promise<readonly Check[]> {
  const tries = sites.flatMap((site) => {
    const address = ({ host, port }: Site['imap']) => `${host}:${port}`;
    const { signIn } = site;
    return [
      { site, what: 'imap', target: address(site.imap), ping: pings.imap },
      { site, what: 'smtp', target: address(site.smtp), ping: pings.smtp },
      ...(signIn.kind === 'ldap'
        ? [{ site, what: 'ldap', target: signIn.ldap.urls.join(', '), ping: pings.ldap }]
        : []),
    ];
  });
  return mapLimit(tries, PINGS_AT_ONCE, tryServer);
}

interface Try {
  readonly site: Site;
  readonly what: string;
  readonly target: string;
  readonly ping: Ping;
}

async function checkProviders(
  config: AppConfig,
  sites: readonly Site[],
  deps: Deps,
): Promise<readonly Check[]> {
  const asked = await deps.askProviders(config, sites);
  return asked.map(({ site, via, ms, problem }) => ({
    site,
    what: 'sign-in',
    target: via,
    isOk: problem === undefined,
    detail: problem ?? answered(ms),
  }));
}

const answered = (ms: number): string => `answers in ${ms} ms`;

async function tryServer({ site, what, target, ping }: Try): Promise<Check> {
  const startedAt = performance.now();
  const result = { site: site.id, what, target };
  try {
    const work = ping(site);
    await withDeadline(work, PING_DEADLINE_MS, () => new Error('no answer in 10 s'));
    const ms = Math.round(performance.now() - startedAt);
    return { ...result, isOk: true, detail: answered(ms) };
  } catch (error) {
    return { ...result, isOk: false, detail: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof AppError)) return oneLine(error.message);
  if (error.details['failure'] === 'credentials') return SERVICE_REFUSED;
  return error.cause instanceof Error
    ? `${error.code}: ${oneLine(error.cause.message)}`
    : error.code;
}

// The library's own words for it are " Code: 0x31".
const SERVICE_REFUSED =
  'the directory refused the service account: check signIn.ldap.bindDn and its password';

/** Several lines would break the table. */
const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');

function describe(sites: readonly Site[], checks: readonly Check[]): string {
  if (checks.length === 0) return `A start accepts ${sites.map(({ id }) => id).join(', ')}.`;
  const rows = checks.map(({ site, what, target, isOk, detail }) => [
    site,
    what,
    target,
    isOk ? detail : `FAILED: ${detail}`,
  ]);
  return table(['site', 'what', 'target', 'result'], rows);
}
