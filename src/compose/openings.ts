import { OWN_ACCOUNT } from '../base/types';
import type { MessageView } from '../mail/types';
import { forwardSubject, replyHeaders, replySubject } from '../mime';
import type { Actor } from '../session/types';
import { readCoreSettings } from '../settings';
import { attributionOf, forwardBody, forwardLines, newBody, replyBody } from './bodies';
import type { ComposeContext } from './context';
import type { ComposeBody } from './hooks';
import { addressedIdentity, defaultIdentity } from './identities';
import { restoreDraft, writeAgain } from './open-edit';
import type { Opening } from './opening';
import { addressField, replyRecipients } from './recipients';
import type { DraftLinks } from './rows';
import { shortenQuote, shortenSubject } from './shorten';
import type { ComposeMode, DraftFields, OwnIdentity } from './types';

const NO_LINKS: DraftLinks = { references: [] };

/** A blank message, or what a link asked for. */
export async function openNew(
  context: ComposeContext,
  actor: Actor,
  identities: readonly OwnIdentity[],
  prefill: Partial<DraftFields> = {},
): Promise<Opening> {
  const { writing } = await readCoreSettings(context.settings, actor.user);
  const identity =
    identities.find(({ id }) => id === prefill.identity) ?? defaultIdentity(identities);
  const body = newBody(prefill.text ?? '', signatureOf(identity));
  const html = prefill.html ?? body.html ?? '';
  const fields = {
    identity: identity?.id ?? '',
    to: prefill.to ?? '',
    cc: prefill.cc ?? '',
    bcc: prefill.bcc ?? '',
    subject: prefill.subject ?? '',
    format: prefill.format ?? writing.format,
    text: body.text,
    html,
  };
  return { fields, links: NO_LINKS, parts: 'none' };
}

/** An answer, a forward, or a draft of the server. */
export async function openOn(
  context: ComposeContext,
  actor: Actor,
  view: MessageView,
  given: { readonly mode: ComposeMode; readonly identities: readonly OwnIdentity[] },
): Promise<Opening> {
  if (given.mode === 'edit') return restoreDraft(context, actor, view, given.identities);
  if (given.mode === 'again') return writeAgain(context, actor, view, given.identities);
  const { writing } = await readCoreSettings(context.settings, actor.user);
  const identity = addressedIdentity(given.identities, [...view.to, ...view.cc]);
  const common = {
    identity: identity?.id ?? '',
    bcc: '',
    format: writing.format,
  };
  const signature = signatureOf(identity);
  const text = context.texts.for(actor.locale, actor.site.skin);
  const original = { ...view.ref, account: OWN_ACCOUNT };
  if (given.mode === 'reply' || given.mode === 'reply-all') {
    const { to, cc } = replyRecipients(view, given.mode, given.identities);
    const quotable = shortenQuote(await context.mail.quotable(actor, view), text);
    const { quotePosition } = writing;
    const body = replyBody(quotable, attributionOf(view, actor, text), {
      ...signature,
      quotePosition,
    });
    const thread = replyHeaders({
      messageId: view.messageId,
      references: view.references.join(' '),
    });
    return {
      fields: {
        ...common,
        to: addressField(to),
        cc: addressField(cc),
        subject: replySubject(shortenSubject(view.subject)),
        ...bothBodies(body),
      },
      links: { ...thread, references: [...thread.references], original },
      parts: 'shown',
    };
  }
  const start = shortenSubject(view.subject);
  const subject = forwardSubject(start, text('compose.forward.prefix'));
  const quoted =
    given.mode === 'forward-attached'
      ? undefined
      : shortenQuote(await context.mail.quotable(actor, view), text);
  const lines = forwardLines({ ...view, subject: start }, actor, text);
  const body = quoted
    ? forwardBody(quoted, lines, text('compose.forward.heading'), signature)
    : newBody('', signature);
  // What the quote leaves out goes along, in the original.
  const isWhole = quoted === undefined || quoted.isShortened;
  return {
    fields: { ...common, to: '', cc: '', subject, ...bothBodies(body) },
    links: { references: [], original },
    parts: isWhole ? 'whole' : 'all',
  };
}

const signatureOf = (identity: OwnIdentity | undefined) => ({
  signature: identity?.signature ?? '',
  signatureHtml: identity?.signatureHtml ?? '',
});

/** Both are kept whatever the format: a page without scripts offers the plain one. */
const bothBodies = ({ text, html }: ComposeBody): { text: string; html: string } => ({
  text,
  html: html ?? '',
});
