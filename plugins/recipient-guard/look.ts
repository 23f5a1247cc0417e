import type { HandlerScope, HookOf, PluginContext } from 'estafette/plugin';
import { findAlike } from './alike';
import type { GuardConfig } from './config';
import { type Group, groupOf } from './groups';

type Sending = HookOf<'message:sending'>['query'];

/** A guard that is late denies: what cannot be read by then is left out. */
const READ_MS = 250;
const PEOPLE_MAX = 200;

/** Everything that somebody should look at before a message leaves. */
export interface Look {
  readonly groups: Readonly<Record<Group, readonly string[]>>;
  /** Address → the one that it would be taken for. */
  readonly alike: ReadonlyMap<string, string>;
  /** Outside, and only there because the answer goes to everybody. */
  readonly added: readonly string[];
  /** Outside, and seen by all who receive it. */
  readonly visible: number;
  /** Whether Cc has somebody to hide. */
  readonly hasCopies: boolean;
  readonly attachments: readonly string[];
}

/** `undefined` when `work` fails or is late. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), READ_MS);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whom the person wrote to; nobody where nobody is there, or it cannot be known now. */
async function knownTo(
  context: PluginContext<GuardConfig>,
  { as }: HandlerScope,
): Promise<readonly string[]> {
  if (!as) return [];
  const found = await inTime(context.correspondents(as).list({ limit: PEOPLE_MAX }));
  return (found?.people ?? []).filter(({ uses }) => uses > 0).map(({ mail }) => mail);
}

/** Who wrote the message that is answered to everybody. */
async function authorsOf(
  context: PluginContext<GuardConfig>,
  { original, mode }: Sending['draft'],
  { as }: HandlerScope,
): Promise<ReadonlySet<string> | undefined> {
  if (mode !== 'reply-all' || !original || !as) return undefined;
  const view = await inTime(context.mail(as).message(original));
  return view && new Set([...view.from, ...view.replyTo].map(({ mail }) => mail.toLowerCase()));
}

/** Groups the recipients of a message about to leave; `undefined` when none is outside. */
export async function lookAt(
  context: PluginContext<GuardConfig>,
  { draft, recipients: { to, cc, bcc }, attachments }: Sending,
  scope: HandlerScope,
): Promise<Look | undefined> {
  const config = context.config(scope);
  const own = context.site(scope.site).mailDomains;
  const groups: Record<Group, string[]> = {
    service: [],
    ministry: [],
    administrations: [],
    outside: [],
  };
  const all = new Set([...to, ...cc, ...bcc].map(({ mail }) => mail.toLowerCase()));
  for (const mail of all) groups[groupOf(mail, config, own)].push(mail);
  const strangers = [...groups.administrations, ...groups.outside];
  // What stays inside is never slowed down.
  if (strangers.length === 0) return undefined;
  const [known, authors] = await Promise.all([
    knownTo(context, scope),
    authorsOf(context, draft, scope),
  ]);
  const alike = findAlike(strangers, known);
  if (groups.outside.length === 0 && alike.size === 0) return undefined;
  const outside = new Set(groups.outside);
  const shown = new Set([...to, ...cc].map(({ mail }) => mail.toLowerCase()));
  return {
    groups,
    alike,
    added: authors ? groups.outside.filter((mail) => !authors.has(mail)) : [],
    visible: [...shown].filter((mail) => outside.has(mail)).length,
    hasCopies: cc.length > 0,
    attachments: attachments.map(({ filename }) => filename),
  };
}
