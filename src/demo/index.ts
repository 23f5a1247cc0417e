/**
 * The whole product on servers in this process: what `estafette demo` starts. Called by the command
 * line and by tests; nothing else imports it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type App, type AppOptions, createApp, installedPlugins } from '../app';
import type { Demo, DemoOptions } from '../cli';
import { grantAll } from '../host/grants';
import { parseAppConfig } from '../sites';
import { demoFiles } from './config-files';
import { type DemoSite, demoAccounts, demoSites } from './data';
import { demoAddressBooks } from './data/address-books';
import { askedPlugins, notRunning, withPlugins } from './plugins';
import { demoFactors, withSecondFactor } from './second-factor';
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
  /** The platform writes to people: new devices, locked accounts. */
  readonly notices?: boolean;
  /** Changes to a site's file before it is checked: plugins, locks, servers. */
  readonly site?: (
    id: DemoSite['id'],
    file: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** Changes to `app.json`. */
  readonly app?: Readonly<Record<string, unknown>>;
  readonly plugins?: Readonly<Record<string, unknown>>;
  /** Of servers that `site` names beside the demonstration's own, by variable. */
  readonly secrets?: Readonly<Record<string, string>>;
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
  // An error of nobody ends the process without another word.
  const wipe = (): void => rmSync(dataDir, { recursive: true, force: true });
  process.once('exit', wipe);
  const clean = async (): Promise<void> => {
    await stack.close();
    process.off('exit', wipe);
    wipe();
  };
  try {
    mkdirSync(path.join(dataDir, 'uploads'), { recursive: true });
    const { host, port: picturesPort } = stack.pictures;
    const app = await createApp(demoConfig(options, stack, dataDir), {
      ...options.options,
      // The one private address that the image proxy may reach, in the demonstration alone.
      allowPrivate: [`${host}:${picturesPort}`, ...(options.options?.allowPrivate ?? [])],
    });
    const { url, port } = await app.start();
    stack.oidc.notify(`http://${LOOPBACK}:${port}/login/sso/cerbere/notice`);
    stack.cas.notify(`http://marees.localhost:${port}/login/sso/cas/notice`);
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
  const files = demoFiles(stack, {
    port: options.port,
    dataDir,
    notices: options.notices ?? false,
  });
  const read = (plugins: Readonly<Record<string, unknown>>) =>
    parseAppConfig(
      {
        root: options.root,
        app: { ...files.app, ...options.app },
        plugins: { ...files.plugins, ...plugins, ...options.plugins },
        sites: demoSites.map(({ id }) => ({
          file: `config/sites/${id}.json`,
          value: change(id, files.sites[id]),
        })),
      },
      { ...files.secrets, ...options.secrets },
    );
  // These mailboxes are nobody's: plugins may touch all that they declare.
  return read({ grants: grantAll(installedPlugins(read({})).found) });
}

/** `estafette demo`. */
export async function startDemo(options: DemoOptions & { readonly root: string }): Promise<Demo> {
  const wanted = options.port ?? DEFAULT_PORT;
  const port = wanted === 0 ? 0 : await freePort(wanted);
  const asked = askedPlugins(options.plugins ?? []);
  const running = await startDemoApp({
    root: options.root,
    port,
    dovecot: options.dovecot,
    notices: true,
    site: (id, file) => withPlugins(withSecondFactor(file, id), id, asked),
    plugins: { contacts: { begin: demoAddressBooks } },
    // What plugins let float is theirs here as well: one rejection is not the end of the demonstration.
    options: { ownsProcess: true },
  });
  const { imap, smtp, ldap, oidc, cas } = running.stack;
  const notices = [
    ...(port !== wanted && wanted !== 0
      ? [`port ${wanted} is in use, ${running.port} is used instead`]
      : []),
    ...notRunning(running.app, asked),
  ];
  return {
    info: {
      url: `http://${LOOPBACK}:${running.port}`,
      accounts: demoAccounts,
      imap: { host: imap.host, port: imap.port },
      smtp: { host: smtp.host, port: smtp.port },
      ldap: { host: ldap.host, port: ldap.port },
      signIn: [
        { site: 'saisons', kind: 'oidc', label: 'Cerbère (démo)', issuer: oidc.issuer },
        { site: 'marees', kind: 'cas', label: 'CAS (démo)', issuer: cas.issuer },
      ],
      secondFactor: demoFactors,
    },
    ...(notices.length > 0 && { notice: notices.join('\n') }),
    stop: running.stop,
  };
}
