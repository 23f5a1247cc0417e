import { AppError, isAppError } from '../base/errors';
import { sha256 } from '../base/ids';
import type { MessageRef } from '../base/types';
import type { Translate } from '../kernel/i18n-types';
import {
  type BodyChoice,
  type BodyPart,
  decodeText,
  decodeTransfer,
  type EncodedPart,
  type PickedBodies,
  type PlainText,
  pickBodies,
  type RemotePolicy,
  type RenderedBody,
  type SanitizeOptions,
  type TextOptions,
  tasks,
} from '../mime';
import type { Actor } from '../session';
import type { MailContext } from './context';
import { guardLinks, type LinkNote } from './guard-links';
import { inlineImages } from './inline-images';
import { linksOf } from './links';
import { messageKey, openedOf, partKey, shownRoot } from './opened';
import { readSection } from './stream';
import type { BodyOptions, MessageBody, MessageView } from './types';

// Below, rendering plain text in this process takes less than the way to a worker and back
// (about 0.3 ms for 8 kB), and its algorithms are linear.
const INLINE_TEXT_BYTES = 16 * 1024;
const KEPT_PART_BYTES = 1024 * 1024;
/** A plugin sees parts up to here; larger ones go to the worker undecoded. */
const FILTERED_BYTES = 256 * 1024;
const MAX_BODIES = 20;

/** The framed document's content: only the parts that are shown are fetched. */
export async function renderBody(
  context: MailContext,
  actor: Actor,
  view: MessageView,
  options: BodyOptions,
): Promise<MessageBody> {
  const key = bodyKey(actor, view.ref, options);
  const cached = context.caches.bodies.get(key);
  if (cached) return cached;
  const { tree } = await openedOf(context, actor, view.ref);
  const picked = pickBodies(shownRoot(tree.root, options.inside));
  const choices = chosenBodies(picked, options.prefer).slice(0, MAX_BODIES);
  const rendered: RenderedPart[] = [];
  for (const choice of choices) {
    rendered.push(await renderPart(context, actor, view.ref, choice, { options, picked }));
  }
  const body = await withMarkedLinks(context, actor, joinBodies(rendered), options);
  context.caches.bodies.set(key, body);
  return body;
}

interface Rendering {
  readonly options: BodyOptions;
  readonly picked: PickedBodies;
}
type RenderedPart = Pick<
  RenderedBody,
  'html' | 'blockedRemote' | 'shownRemote' | 'truncated' | 'hasQuoted'
>;

function chosenBodies(
  picked: PickedBodies,
  prefer: 'text' | 'html' | undefined,
): readonly BodyChoice[] {
  if (prefer === 'text' && picked.html && picked.text) return [{ kind: 'text', part: picked.text }];
  return picked.bodies;
}

async function renderPart(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  { kind, part }: BodyChoice,
  rendering: Rendering,
): Promise<RenderedPart> {
  const fetched = await fetchPart(context, actor, ref, part);
  const source = await filterPart(context, actor, ref, { kind, part }, fetched.part);
  const body = await (kind === 'html'
    ? renderHtml(context, actor, ref, source, rendering)
    : renderText(context, { ...source, options: textOptions(context, actor, part) }));
  return { ...body, truncated: body.truncated || fetched.truncated };
}

function renderText(
  context: MailContext,
  input: EncodedPart & { readonly options: TextOptions },
): Promise<RenderedBody> {
  if (input.bytes.length <= INLINE_TEXT_BYTES) return Promise.resolve(tasks.renderText(input));
  return runTask<RenderedBody>(context, 'renderText', input);
}

/** A body that the worker cannot finish in time is offered as a download, never waited for. */
async function runTask<T>(context: MailContext, name: string, input: unknown): Promise<T> {
  try {
    return await context.runTask<T>(name, input, { timeoutMs: context.limits.renderMs });
  } catch (error) {
    if (!isAppError(error, 'worker/timeout')) throw error;
    throw new AppError('message/too-complex', { cause: error });
  }
}

/** The sanitiser writes this label into the document, as text. */
const quotedLabel = (context: MailContext, actor: Actor): string =>
  context.texts.for(actor.locale, actor.site.skin)('message.quoted');

async function renderHtml(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  source: EncodedPart,
  { options, picked }: Rendering,
): Promise<RenderedBody> {
  const remote: RemotePolicy =
    options.remote === 'proxy' ? { mode: 'proxy', ...options.urls.proxy } : { mode: 'block' };
  const cids = await inlineImages(context, actor, ref, picked.inline, source);
  const task: SanitizeOptions = { remote, cids, quotedSummary: quotedLabel(context, actor) };
  return runTask<RenderedBody>(context, 'renderHtml', { ...source, options: task });
}

/** RFC 3676 4: `format=flowed`, and `delsp` for scripts without spaces. */
function textOptions(context: MailContext, actor: Actor, { parameters }: BodyPart): TextOptions {
  return {
    isFlowed: parameters['format']?.toLowerCase() === 'flowed',
    delSp: parameters['delsp']?.toLowerCase() === 'yes',
    quotedSummary: quotedLabel(context, actor),
  };
}

/** Lets plugins change a part's text; the sanitiser still comes last. */
async function filterPart(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  { kind, part }: BodyChoice,
  source: EncodedPart,
): Promise<EncodedPart> {
  if (source.bytes.length > FILTERED_BYTES) return source;
  let decoded: string | undefined;
  const value = {
    kind,
    /** Decoded when it is looked at: where no plugin listens, the worker alone decodes. */
    get content(): string {
      decoded ??= decodePart(source);
      return decoded;
    },
  };
  const about = { ref, part: part.part };
  const filtered = await context.hooks.filter(actor.scope, 'message:part', value, about);
  if (filtered === value || filtered.content === value.content) return source;
  return { bytes: Buffer.from(filtered.content, 'utf8'), charset: 'utf-8', encoding: '8bit' };
}

const decodePart = ({ bytes, encoding, charset }: EncodedPart): string =>
  decodeText(decodeTransfer(bytes, encoding, FILTERED_BYTES * 4).bytes, charset);

interface FetchedPart {
  readonly part: EncodedPart;
  readonly truncated: boolean;
}

/** A part's encoded bytes, at most what we are ready to show (threats B2). */
async function fetchPart(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  part: BodyPart,
): Promise<FetchedPart> {
  const key = partKey(messageKey(actor, ref), part.part);
  const limit = context.limits.bodyBytes;
  const cached = context.caches.parts.get(key);
  const bytes = cached ?? (await collect(readSection(context, actor, ref, part.part, limit)));
  if (!cached && bytes.length <= KEPT_PART_BYTES) context.caches.parts.set(key, bytes);
  const encoded = { bytes, charset: part.charset, encoding: part.encoding };
  return { part: encoded, truncated: bytes.length >= limit && part.sizeBytes > limit };
}

async function collect(slices: AsyncGenerator<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of slices) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Plugins and the site say what the links are; the word before one is ours. */
async function withMarkedLinks(
  context: MailContext,
  actor: Actor,
  body: Omit<MessageBody, 'links'>,
  options: BodyOptions,
): Promise<MessageBody> {
  const links = linksOf(body.html);
  if (links.length === 0) return { ...body, links };
  const query = { site: actor.site.id, urls: links };
  const classes = await context.hooks.first(actor.scope, 'link:classify', query);
  const t = context.texts.for(actor.locale, actor.site.skin);
  const html = guardLinks(body.html, {
    classes: classes?.answer ?? {},
    links: actor.site.reading?.links,
    ownDomains: actor.site.mailDomains,
    leave: options.urls.leave,
    note: ({ kind, host }) => linkNote(kind, host, t),
  });
  return { ...body, links, html };
}

function linkNote(kind: LinkNote['kind'], host: string, t: Translate): string {
  switch (kind) {
    case 'mismatch':
      return t('leave.note.mismatch', { host });
    case 'look-alike':
      return t('leave.note.lookAlike', { host });
    default:
      return t(`message.link.${kind}`);
  }
}

function joinBodies(parts: readonly RenderedPart[]): Omit<MessageBody, 'links'> {
  return {
    html: parts.map((part) => part.html).join('<hr>'),
    blockedRemote: parts.reduce((sum, part) => sum + part.blockedRemote, 0),
    shownRemote: parts.reduce((sum, part) => sum + part.shownRemote, 0),
    truncated: parts.some((part) => part.truncated),
    hasQuoted: parts.some((part) => part.hasQuoted),
  };
}

/** Options are part of the key: signed URLs inside belong to one session and expire together. */
function bodyKey(actor: Actor, ref: MessageRef, options: BodyOptions): string {
  const { prefix, sessionTag, expires } = options.urls.proxy;
  const about = [options.prefer, options.remote, options.inside, actor.locale, actor.session.id];
  return `${messageKey(actor, ref)}\0${sha256(JSON.stringify([about, prefix, sessionTag, expires]))}`;
}

/** Plain text and safe HTML for quoting in a reply or taking a draft up again. */
export async function quotableBody(
  context: MailContext,
  actor: Actor,
  view: Pick<MessageView, 'ref'>,
): Promise<{ readonly text: string; readonly html: string | undefined }> {
  const { tree } = await openedOf(context, actor, view.ref);
  const picked = pickBodies(tree.root);
  const html = picked.html ? await quotableHtml(context, actor, view.ref, picked.html) : undefined;
  if (picked.text) return { text: await plainText(context, actor, view.ref, picked.text), html };
  if (html === undefined) return { text: '', html };
  const plain = await runTask<PlainText>(context, 'plainFromHtml', { html });
  return { text: plain.text, html };
}

async function quotableHtml(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  part: BodyPart,
): Promise<string> {
  const { part: source } = await fetchPart(context, actor, ref, part);
  const options: SanitizeOptions = { remote: { mode: 'block' }, keepCids: true };
  const { html } = await runTask<RenderedBody>(context, 'renderHtml', { ...source, options });
  return html;
}

async function plainText(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  part: BodyPart,
): Promise<string> {
  const { part: source } = await fetchPart(context, actor, ref, part);
  const isSmall = source.bytes.length <= INLINE_TEXT_BYTES;
  const plain = isSmall
    ? tasks.plainText(source)
    : await runTask<PlainText>(context, 'plainText', source);
  return plain.text;
}
