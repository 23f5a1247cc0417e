import type { SiteId } from '../base/types';
import type { PeopleMatch, SiteGroup } from './groups';
import type { MailAccess } from './mail-access';
import type { SignInRules } from './sign-in-schema';

/** A text of a site: the same in every language, or one for each. */
export type SiteText = string | { readonly fr: string; readonly en: string };

/** How a socket to a server is protected. `none` is refused outside loopback unless `allowPlain`. */
export type Security = 'tls' | 'starttls' | 'none';

/** When people work; times are those of the site's clock. */
export interface WorkingHours {
  /** 1 is Monday. */
  readonly days: readonly number[];
  /** `08:00`. */
  readonly from: string;
  readonly to: string;
  /** Groups that are not asked. */
  readonly exempt: readonly string[];
}

/** One network service of a site. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string;
  /** Name expected in the certificate when it differs from `host`. */
  readonly servername?: string;
}

export interface SmtpServer extends ServerAddress {
  /** `user`: with the agent's own credential; `none`: a relay that trusts our address. */
  readonly auth: 'user' | 'none';
}

/** One directory, its servers tried in turn. */
export interface LdapDirectory {
  /** `ldap://host:389`, `ldaps://host:636`, in order of preference. */
  readonly urls: readonly string[];
  readonly startTls: boolean;
  readonly caFile?: string;
  readonly bindDn?: string;
  /** From `ESTAFETTE_<SITE>_LDAP_BIND_PASSWORD` or its `_FILE`, never from a site file. */
  readonly bindPassword?: string;
  readonly searchBase: string;
  /** `{{login}}` is replaced by the escaped login: `(|(uid={{login}})(mail={{login}}))`. */
  readonly searchFilter: string;
  readonly timeoutMs: number;
  /** Whoever looks somebody up is shown what an alias stands for; never who signs in. */
  readonly followAliases?: boolean;
  /** Asked for beside the ordinary ones (`*`), which leave out `memberOf` and its kin. */
  readonly alsoAsk: readonly string[];
  readonly attributes: {
    readonly uid: string;
    readonly mail: string;
    readonly name: string;
    /** Attribute whose value signs in to IMAP and SMTP; `uid` or `mail` of the entry mostly. */
    readonly imapLogin: string;
  };
}

/** A directory for looking people up, beside that of sign-in. */
export interface SiteDirectory extends Omit<LdapDirectory, 'searchFilter' | 'attributes'> {
  readonly id: string;
  readonly title: string;
  readonly attributes: Omit<LdapDirectory['attributes'], 'imapLogin'>;
}

export type SignInSource = SignInRules &
  (
    | { readonly kind: 'ldap'; readonly ldap: LdapDirectory }
    /** The IMAP server is asked; `loginDomain` completes a login without `@`. */
    | { readonly kind: 'imap'; readonly loginDomain?: string }
  );

export interface SupportContact {
  readonly name: SiteText;
  readonly phone?: string;
  readonly mail?: string;
  readonly url?: string;
  readonly hours?: SiteText;
}

/** What protects the accounts of a site. */
export interface SiteProtection {
  /** Wrong passwords that lock an account; 0: never. */
  readonly lockAfter: number;
  readonly lockMinutes: number;
  readonly networks?: {
    /** Addresses and CIDR ranges. */
    readonly inside: readonly string[];
    readonly outside: 'refuse' | 'factor' | 'allow';
  };
  /** CSV file of networks by country. */
  readonly countries?: string;
}

/** How the platform writes to people. */
export interface SiteNotices {
  readonly from: string;
  readonly replyTo?: string;
  /** Service account of the SMTP server; with `password`, or neither. */
  readonly username?: string;
  /** From `ESTAFETTE_<SITE>_NOTICES_PASSWORD` or its `_FILE`. */
  readonly password?: string;
}

/** Reading messages on a site: whom it trusts, and links. */
export interface SiteReading {
  /** Names of its servers in `Authentication-Results`, lower case. */
  readonly authservIds: readonly string[];
  /** Its mail servers as `Received` names them; `.domain` for all below it. */
  readonly servers: readonly string[];
  /** Where reports of agents go. */
  readonly report?: { readonly phishing?: string | undefined; readonly junk?: string | undefined };
  readonly links: {
    readonly official: readonly string[];
    readonly suspect: readonly string[];
    readonly blocked: readonly string[];
    /** Which links lead over a page that tells where they go. */
    readonly leave: 'never' | 'suspect' | 'outside';
  };
}

/** What a site says in the help of its sign-in page. */
export interface SiteHelp {
  readonly lost: { readonly text?: SiteText; readonly url?: string };
}

/** One ministry's installation: parsed, checked and frozen at boot. */
export interface Site {
  readonly id: SiteId;
  /** Host names, lower case, without port; the first is the one used in links. */
  readonly hosts: readonly string[];
  /** Hosts of other sites at which its people may sign in too. */
  readonly alsoHosts?: readonly string[];
  /** Who of those that sign in there is of this site, where no plugin says it (`site:resolve`). */
  readonly alsoPeople?: PeopleMatch;
  readonly title: string;
  readonly tagline: SiteText;
  /** Mail domains of this ministry: what is not among them is « extérieur ». */
  readonly mailDomains: readonly string[];
  readonly skin: string;
  readonly locale: 'fr' | 'en';
  readonly timeZone: string;
  readonly imap: ServerAddress;
  readonly smtp: SmtpServer;
  readonly signIn: SignInSource;
  /** Beside the one of sign-in. */
  readonly directories?: readonly SiteDirectory[];
  /** Absent: with the person's password alone. */
  readonly mailAccess?: MailAccess;
  readonly support: SupportContact;
  readonly session: { readonly idleMinutes: number; readonly absoluteHours: number };
  /** Always there in a site that was loaded from its file. */
  readonly protection?: SiteProtection;
  /** Absent: the platform writes to nobody. */
  readonly notices?: SiteNotices;
  /** Always there in a site that was loaded from its file. */
  readonly reading?: SiteReading;
  readonly help?: SiteHelp;
  readonly limits: {
    readonly messageBytes: number;
    readonly recipients: number;
    readonly pageSize: number;
    /** How long a deleted or moved message can be brought back with one click. */
    readonly undoSeconds: number;
  };
  /** When messages leave; always there in a site that was loaded from its file. */
  readonly sending?: {
    /** How long a sending can be called back, unless the agent chooses. */
    readonly undoSeconds: number;
    /** What opens the mail is kept, sealed, until a message that was put off has left. */
    readonly keepAccess: boolean;
    /** Agents may write their name as they like; absent: yes. Addresses are never theirs to choose. */
    readonly senderNames?: boolean;
    /** Right to disconnect: absent, nothing is offered. */
    readonly hours?: WorkingHours;
  };
  /** Devices on which agents may keep mail for times without a network. */
  readonly offline?: {
    readonly allowed: boolean;
    /** Kept pages open for so long after the device last met the server. */
    readonly hours: number;
    /** Kept by one device at most. */
    readonly messages: number;
  };
  /** Devices told of new messages through push services; always there in a site that was loaded. */
  readonly push?: {
    readonly allowed: boolean;
    readonly everyMinutes: number;
    /** `host`, `*.domain`, or either with `:port`. */
    readonly services: readonly string[];
  };
  /** For how long lines of the audit log are kept; always there in a site that was loaded. */
  readonly audit?: { readonly months: number };
  /** What the file says of plugins, over `plugins.json`; who has them is for `enabling` to say. */
  readonly plugins: Readonly<Record<string, unknown>>;
  /** In the order in which they speak. */
  readonly groups: readonly SiteGroup[];
  /** Plugins that each agent may turn on or off. */
  readonly choices: readonly string[];
  /** What neither agents nor administrators may change: `attachment-reminder.enabled`. */
  readonly locked: readonly string[];
  /** Taskbar order by item id; the rest follow by their own order. */
  readonly taskbar: readonly string[];
  /** Links of the sign-in page's foot: accessibility, legal, privacy. */
  readonly links: readonly { readonly label: SiteText; readonly href: string }[];
}
