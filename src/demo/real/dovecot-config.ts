import { userInfo } from 'node:os';
import type { Certificate } from './certificate';
import type { Owner } from './maildir';

export interface DovecotSettings {
  readonly directory: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly certificate: Certificate;
  readonly owner: Owner;
  readonly isRoot: boolean;
  readonly quotaMegabytes: number;
  readonly mailboxes: readonly { readonly path: string; readonly specialUse?: string }[];
  readonly maxConnectionsPerUser: number;
  readonly withoutPassword?: PasswordlessAccess;
  /** Takes messages at `port` and hands them on to another server on this machine. */
  readonly submission?: { readonly port: number; readonly relayPort: number };
  /** Where filters are kept (RFC 5804). */
  readonly sievePort?: number;
  /** What the server announces, in place of all that it can. */
  readonly capabilities?: string;
}

/** Ways in for who has no password, as docs/install.md describes them. */
export interface PasswordlessAccess {
  /** Where tokens are shown (RFC 7662): `http://client:secret@127.0.0.1:4000/introspect`. */
  readonly introspectionUrl?: string;
  /** Opens every mailbox: as `person*user`, or with the person as authorization identity. */
  readonly master?: { readonly user: string; readonly password: string };
}

/** Configuration of a Dovecot 2.3 that touches nothing outside its own directory. */
export function dovecotConfig(settings: DovecotSettings): string {
  const { directory, certificate, owner } = settings;
  return `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/dovecot.log
protocols = ${protocolsOf(settings)}
listen = 127.0.0.1
${internalUsers(settings.isRoot)}
ssl = yes
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain login${settings.withoutPassword?.introspectionUrl ? ' oauthbearer xoauth2' : ''}
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_uid = ${owner.uid}
mail_gid = ${owner.gid}
mail_location = maildir:${directory}/mail/%u:LAYOUT=fs
mail_fsync = never
# Nobody but Dovecot changes cur/ (mail comes through new/): without it each flag set in a mailbox
# of 100,000 messages reads the directory again, 200 ms.
maildir_very_dirty_syncs = yes
mail_plugins = quota
# What a list needs is indexed at delivery, as a tuned server does.
mail_always_cache_fields = flags date.sent date.received size.virtual imap.envelope imap.bodystructure hdr.references hdr.message-id mime.parts
${passwordless(settings)}passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${directory}/users
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${directory}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
${settings.mailboxes.map(mailboxBlock).join('\n')}
}
plugin {
  quota = count:User quota
  quota_rule = *:storage=${settings.quotaMegabytes}M
  quota_vsizes = yes
}
protocol imap {
  mail_plugins = $mail_plugins imap_quota
${settings.capabilities === undefined ? '' : `  imap_capability = ${settings.capabilities}\n`}  mail_max_userip_connections = ${settings.maxConnectionsPerUser}
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  client_limit = 2000
  inet_listener imap {
    port = ${settings.port}
  }
  inet_listener imaps {
    port = ${settings.tlsPort}
    ssl = yes
  }
}
${submission(settings)}${sieve(settings)}service imap {
  process_limit = 1024
}
service anvil {
  chroot =
  client_limit = 4000
  # No growing delay for an address that mistook a password: every user of a test shares one.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  client_limit = 8000
}
`;
}

function passwordless({ directory, withoutPassword = {} }: DovecotSettings): string {
  const { introspectionUrl, master } = withoutPassword;
  const byToken = `passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = ${directory}/oauth2.conf
}
`;
  // `result_success = continue` goes on to the passdb of the person, who must exist.
  const byMaster = `auth_master_user_separator = *
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${directory}/masters
  master = yes
  result_success = continue
}
`;
  return `${introspectionUrl === undefined ? '' : byToken}${master ? byMaster : ''}`;
}

const protocolsOf = ({ submission: service, sievePort }: DovecotSettings): string =>
  ['imap', ...(service ? ['submission'] : []), ...(sievePort ? ['sieve'] : [])].join(' ');

const sieve = ({ sievePort }: DovecotSettings): string =>
  sievePort
    ? `service managesieve-login {
  chroot =
  inet_listener sieve {
    port = ${sievePort}
  }
}
`
    : '';

/** The submission service of Dovecot (RFC 6409): it signs people in, another server delivers. */
const submission = ({ submission: service }: DovecotSettings): string =>
  service
    ? `hostname = localhost
submission_relay_host = 127.0.0.1
submission_relay_port = ${service.relayPort}
service submission-login {
  chroot =
  inet_listener submission {
    port = ${service.port}
  }
}
`
    : '';

/** `oauth2.conf`: the provider says whose token it is, and whether it still stands. */
export const oauth2Config = (introspectionUrl: string): string => `
introspection_mode = post
introspection_url = ${introspectionUrl}
active_attribute = active
active_value = true
username_attribute = username
timeout_msecs = 3000
`;

/** Without root there is one user for everything; with it, those that Debian creates. */
function internalUsers(isRoot: boolean): string {
  if (isRoot) return '';
  const { username } = userInfo();
  return `default_internal_user = ${username}\ndefault_internal_group =\ndefault_login_user = ${username}\n`;
}

function mailboxBlock({ path, specialUse }: DovecotSettings['mailboxes'][number]): string {
  const use = specialUse ? `    special_use = ${specialUse}\n` : '';
  return `  mailbox "${path}" {\n    auto = subscribe\n${use}  }`;
}
