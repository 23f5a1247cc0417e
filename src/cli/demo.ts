import { type Command, EXIT, readArgs, table, UsageError } from './command';
import type { DemoInfo } from './deps';

export const demo: Command = {
  name: 'demo',
  summary: 'starts a whole fictitious ministry on this machine, without network',
  usage: [
    'estafette demo [--port n] [--plugin id]… [--dovecot] [--json]',
    '',
    '--port n    web port (PORT otherwise, else 3000; the next free one if it is taken)',
    '--plugin id turns a plugin of plugins/ on, for the first site; id@site for another one',
    '--dovecot   a private Dovecot in place of the built-in IMAP server',
    '--json      one line on standard output once ready, logs on standard error',
  ].join('\n'),
  async run(io, args, deps) {
    const { values } = readArgs(args, {
      port: { type: 'string' },
      plugin: { type: 'string', multiple: true },
      dovecot: { type: 'boolean' },
    });
    const port = readPort(values.port ?? (io.env['PORT'] || undefined));
    const running = await deps.startDemo({
      dovecot: values.dovecot ?? false,
      ...(values.plugin && { plugins: values.plugin }),
      ...(port !== undefined && { port }),
    });
    try {
      if (running.notice !== undefined) io.err(running.notice);
      io.out(values.json ? JSON.stringify(running.info) : describe(running.info));
      await io.untilStopped();
    } finally {
      await running.stop();
    }
    return EXIT.ok;
  },
};

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new UsageError(`"${text}" is not a port`);
  }
  return Number(text);
}

function describe({
  url,
  accounts,
  imap,
  smtp,
  ldap,
  signIn = [],
  secondFactor = [],
}: DemoInfo): string {
  const rows = accounts.map(({ site, username, password, name, groups }) => [
    site,
    username,
    password,
    name,
    groups.join(', '),
  ]);
  return [
    `Estafette is ready: ${url}`,
    ...otherSites(url, accounts),
    '',
    table(['site', 'username', 'password', 'name', 'groups'], rows),
    '',
    `IMAP ${imap.host}:${imap.port}, SMTP ${smtp.host}:${smtp.port}, LDAP ${ldap.host}:${ldap.port}`,
    ...signIn.map(({ site, label, issuer }) => `${label} of ${site}: ${issuer}`),
    ...secondFactor.map(
      ({ site, username, asked }) =>
        `${username} of ${site} sets up a second factor ${asked === 'now' ? 'at sign-in' : 'within two weeks'}`,
    ),
    'Ctrl+C stops everything.',
  ].join('\n');
}

/** Where the sites after the first one answer: names under .localhost lead to this machine. */
function otherSites(url: string, accounts: DemoInfo['accounts']): string[] {
  const { port } = new URL(url);
  const [, ...others] = new Set(accounts.map(({ site }) => site));
  return others.map((site) => `Site ${site}: http://${site}.localhost:${port}`);
}
