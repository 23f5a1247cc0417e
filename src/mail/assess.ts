import type { MessageRef } from '../base/types';
import { headerValues } from '../mime';
import type { Actor } from '../session';
import type { MailContext } from './context';
import type { Authentication, MessageWarning, TrustAnswer } from './hooks';
import { openedOf } from './opened';
import type { MessageView } from './types';

const MAX_VALUES = 10;
const MAX_VALUE_CHARS = 4_000;

/** What servers on the way wrote about the sender; only the topmost of each is the site's own. */
async function authenticationOf(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
): Promise<Authentication> {
  const { headers } = await openedOf(context, actor, ref);
  const values = (name: string): readonly string[] =>
    headerValues(headers, name)
      .slice(0, MAX_VALUES)
      .map((value) => value.slice(0, MAX_VALUE_CHARS));
  return {
    results: values('authentication-results'),
    receivedSpf: values('received-spf'),
    returnPath: values('return-path')[0],
    listId: values('list-id')[0],
  };
}

/** What plugins warn of about a message, for the banners of its page. */
export async function warningsAbout(
  context: MailContext,
  actor: Actor,
  view: MessageView,
  links: readonly string[],
): Promise<readonly (MessageWarning & { readonly plugin: string })[]> {
  const { ref, subject, from, sender, replyTo, isOutside } = view;
  const auth = await authenticationOf(context, actor, ref);
  const { locale } = actor;
  const query = { ref, subject, from, sender, replyTo, isOutside, locale, auth, links };
  const found = await context.hooks.collect(actor.scope, 'message:warnings', query);
  return found.map(({ plugin, item }) => ({ ...item, plugin }));
}

/** Whether the remote content of a sender is shown, asked about or refused; ask unless a plugin says. */
export async function trustOf(
  context: MailContext,
  actor: Actor,
  { ref, from }: MessageView,
): Promise<TrustAnswer> {
  const sender = from[0];
  if (!sender) return 'ask';
  const auth = await authenticationOf(context, actor, ref);
  const found = await context.hooks.first(actor.scope, 'message:trust', { ref, sender, auth });
  return found?.answer ?? 'ask';
}
