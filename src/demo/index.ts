/**
 * The whole product on servers in this process: what `estafette demo` starts. Called by the command
 * line and by tests; nothing else imports it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type App, type AppOptions, createApp } from '../app';
import type { Demo, DemoOptions } from '../cli';
import { parseAppConfig } from '../sites';
import { type DemoSite, demoAgents, demoSites } from './data';
import { type DemoStack, type DemoStackOptions, type DovecotStack, startDemoStack } from './stack';

const DEFAULT_PORT = 3_000;
const PORTS_TRIED = 50;
const LOOPBACK = '127.0.0.1';

/** The first free port from `wanted` on; 0 asks the system for any. */
async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + PORTS_TRIED; port += 1) {
    if (await isFree(port)) return port;
  }
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, LOOPBACK, () => probe.close(() => resolve(true)));
  });
}

export interface DemoAppOptions extends DemoStackOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly root: string;
  /** Changes to a site's file before it is checked: plugins, locks, servers. */
  readonly site?: (
    id: DemoSite['id'],
    file: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** Changes to `app.json`. */
  readonly app?: Readonly<Record<string, unknown>>;
  readonly plugins?: Readonly<Record<string, unknown>>;
  readonly options?: AppOptions;
}

export interface DemoApp {
  readonly app: App;
  readonly stack: DemoStack | DovecotStack;
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts servers and application; nothing is left running or on disk when it stops or fails. */
export async function startDemoApp(options: DemoAppOptions): Promise<DemoApp> {
  const stack = await startDemoStack(options);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'estafette-demo-'));
  const clean = async (): Promise<void> => {
    await stack.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    mkdirSync(path.join(dataDir, 'uploads'), { recursive: true });
    const app = await createApp(demoConfig(options, stack, dataDir), { ...options.options });
    const { url, port } = await app.start();
    return {
      app,
      stack,
      url,
      port,
      async stop() {
        await app.stop();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** The same schemas as a real installation's files, with the demo's servers. */
function demoConfig(options: DemoAppOptions, stack: DemoStack | DovecotStack, dataDir: string) {
  const change = options.site ?? ((_id, file) => file);
  return parseAppConfig(
    {
      root: options.root,
      app: {
        mode: 'development',
        listen: { host: LOOPBACK, port: options.port },
        publicUrl: { scheme: 'http' },
        database: { client: 'sqlite' },
        dataDir,
        log: { level: 'warn' },
        ...options.app,
      },
      plugins: { ...options.plugins },
      sites: demoSites.map((site) => ({
        file: `config/sites/${site.id}.json`,
        value: change(site.id, siteFile(site, stack)),
      })),
    },
    Object.fromEntries(
      demoSites.map((site) => [
        `ESTAFETTE_${site.id.toUpperCase()}_LDAP_BIND_PASSWORD`,
        site.servicePassword,
      ]),
    ),
  );
}

function siteFile(
  site: DemoSite,
  stack: DemoStack | DovecotStack,
): Readonly<Record<string, unknown>> {
  const isFirst = site.id === 'saisons';
  return {
    hosts: isFirst ? site.hosts : [...site.hosts, '*.localhost'],
    title: site.title,
    tagline: site.tagline,
    mailDomains: [site.mailDomain],
    skin: site.id,
    locale: 'fr',
    timeZone: 'Europe/Paris',
    imap: { host: stack.imap.host, port: stack.imap.port, security: 'none' },
    smtp: { host: stack.smtp.host, port: stack.smtp.port, security: 'none', auth: 'user' },
    signIn: {
      kind: 'ldap',
      ldap: {
        urls: [`ldap://${stack.ldap.host}:${stack.ldap.port}`],
        bindDn: site.serviceDn,
        searchBase: site.baseDn,
        attributes: { uid: 'uid', mail: 'mail', name: 'cn', imapLogin: 'uid' },
      },
    },
    support: isFirst
      ? {
          name: 'Assistance numérique des Saisons',
          phone: '01 99 00 00 10',
          mail: `assistance@${site.mailDomain}`,
          hours: 'de 8 h à 18 h, du lundi au vendredi',
        }
      : {
          name: 'Centre d’appui des Marées',
          phone: '02 99 00 00 20',
          mail: `appui@${site.mailDomain}`,
        },
    session: { idleMinutes: 240, absoluteHours: 12 },
    plugins: isFirst ? { 'attachment-reminder': true } : {},
    links: [
      { label: 'Accessibilité : non évaluée', href: '/login' },
      { label: 'Données personnelles', href: '/login' },
    ],
  };
}

/** `estafette demo`. */
export async function startDemo(options: DemoOptions & { readonly root: string }): Promise<Demo> {
  const wanted = options.port ?? DEFAULT_PORT;
  const port = wanted === 0 ? 0 : await freePort(wanted);
  const running = await startDemoApp({ root: options.root, port, dovecot: options.dovecot });
  const { imap, smtp, ldap } = running.stack;
  const notice =
    port !== wanted && wanted !== 0
      ? `port ${wanted} is in use, ${running.port} is used instead`
      : undefined;
  return {
    info: {
      url: `http://${LOOPBACK}:${running.port}`,
      accounts: demoAgents.map(({ username, password, name, site }) => ({
        username,
        password,
        name,
        site,
      })),
      imap: { host: imap.host, port: imap.port },
      smtp: { host: smtp.host, port: smtp.port },
      ldap: { host: ldap.host, port: ldap.port },
    },
    ...(notice !== undefined && { notice }),
    stop: running.stop,
  };
}
