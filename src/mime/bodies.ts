import type { BodyPart } from './structure';

/** A part to show as text, in the order of the message. */
export interface BodyChoice {
  readonly kind: 'text' | 'html';
  readonly part: BodyPart;
}

/** What of a message is shown where. */
export interface PickedBodies {
  readonly bodies: readonly BodyChoice[];
  readonly html?: BodyPart;
  /** The plain text, shown or the alternative to the HTML. */
  readonly text?: BodyPart;
  /** Parts with a Content-ID that the HTML may use, by that id. */
  readonly inline: Readonly<Record<string, BodyPart>>;
  readonly attachments: readonly BodyPart[];
  /** Enclosed messages. */
  readonly nested: readonly BodyPart[];
  readonly calendar?: BodyPart;
  /** Detached signature of a multipart/signed. */
  readonly signature?: BodyPart;
}

interface Picking {
  readonly bodies: BodyChoice[];
  readonly texts: BodyPart[];
  readonly inline: Map<string, BodyPart>;
  readonly attachments: BodyPart[];
  readonly nested: BodyPart[];
  calendar: BodyPart | undefined;
  signature: BodyPart | undefined;
}

/** `isShown`: false inside an alternative that was not chosen, whose files still count. */
interface Where {
  readonly isShown: boolean;
  readonly isRelated: boolean;
}

/** Chooses bodies, inline images and attachments from a tree (RFC 2046 5.1, RFC 2387). */
export function pickBodies(root: BodyPart): PickedBodies {
  const picking: Picking = {
    bodies: [],
    texts: [],
    inline: new Map(),
    attachments: [],
    nested: [],
    calendar: undefined,
    signature: undefined,
  };
  visit(root, { isShown: true, isRelated: false }, picking);
  const html = picking.bodies.find((body) => body.kind === 'html')?.part;
  const text = picking.bodies.find((body) => body.kind === 'text')?.part ?? picking.texts[0];
  return {
    bodies: picking.bodies,
    inline: Object.fromEntries(picking.inline),
    attachments: picking.attachments,
    nested: picking.nested,
    ...(html && { html }),
    ...(text && { text }),
    ...(picking.calendar && { calendar: picking.calendar }),
    ...(picking.signature && { signature: picking.signature }),
  };
}

/**
 * The invitation to list beside the attachments: the alternative of a body, unless the one file of
 * a calendar that comes with it is plainly the same (what Exchange and Google send). Sizes are
 * compared loosely: one of the two is often quoted-printable.
 */
export function listedInvitation({ calendar, attachments }: PickedBodies): BodyPart | undefined {
  if (!calendar || attachments.includes(calendar)) return undefined;
  const [file, ...more] = attachments.filter(isCalendarFile);
  if (!file || more.length > 0) return calendar;
  const methods = [calendar, file].flatMap(
    (part) => part.parameters['method']?.toLowerCase() ?? [],
  );
  const [small, large] = [weight(calendar), weight(file)].sort((a, b) => a - b);
  const isSame = new Set(methods).size < 2 && (small ?? 0) * MAX_SIZE_RATIO >= (large ?? 0);
  return isSame ? undefined : calendar;
}

const MAX_SIZE_RATIO = 2;

const isCalendar = (type: string): boolean =>
  type === 'text/calendar' || type === 'application/ics';

const isCalendarFile = ({ type, filename }: BodyPart): boolean =>
  isCalendar(type) || /\.ics$/i.test(filename ?? '');

/** Octets once decoded, nearly: base64 carries three in four. */
const weight = ({ encoding, sizeBytes }: BodyPart): number =>
  encoding === 'base64' ? sizeBytes * 0.73 : sizeBytes;

function visit(part: BodyPart, where: Where, picking: Picking): void {
  switch (part.type) {
    case 'multipart/alternative':
      visitAlternative(part, where, picking);
      return;
    case 'multipart/related':
      visitRelated(part, where, picking);
      return;
    case 'multipart/signed':
      visitSigned(part, where, picking);
      return;
    case 'message/rfc822':
    case 'message/global':
      picking.nested.push(part);
      return;
    default:
      if (!part.type.startsWith('multipart/')) visitLeaf(part, where, picking);
      else for (const child of part.children) visit(child, { ...where, isRelated: false }, picking);
  }
}

function visitAlternative(part: BodyPart, where: Where, picking: Picking): void {
  const chosen =
    part.children.findLast((child) => canShow(child, 'text/html')) ??
    part.children.findLast((child) => canShow(child, 'text/plain'));
  for (const child of part.children) {
    visit(child, { ...where, isShown: where.isShown && child === chosen }, picking);
  }
}

/** True when a part, or what a multipart would show of it, is of that type. */
function canShow(part: BodyPart, type: string): boolean {
  if (part.type === type) return part.disposition !== 'attachment';
  if (!part.type.startsWith('multipart/')) return false;
  if (part.type !== 'multipart/related') return part.children.some((child) => canShow(child, type));
  const root = relatedRoot(part);
  return root !== undefined && canShow(root, type);
}

/** RFC 2387 3.2: the part that `start` names, else the first. */
function relatedRoot(part: BodyPart): BodyPart | undefined {
  const start = part.parameters['start']?.replace(/[<>]/g, '').trim();
  const named = start ? part.children.find((child) => child.contentId === start) : undefined;
  return named ?? part.children[0];
}

function visitRelated(part: BodyPart, where: Where, picking: Picking): void {
  const root = relatedRoot(part);
  if (root) visit(root, { ...where, isRelated: false }, picking);
  for (const child of part.children) {
    if (child !== root) visit(child, { ...where, isRelated: true }, picking);
  }
}

function visitSigned(part: BodyPart, where: Where, picking: Picking): void {
  for (const [index, child] of part.children.entries()) {
    const isSignature = index > 0 && child.type.includes('signature');
    if (isSignature) picking.signature ??= child;
    else visit(child, where, picking);
  }
}

function visitLeaf(part: BodyPart, where: Where, picking: Picking): void {
  if (isCalendar(part.type)) {
    const isRepeated = picking.calendar !== undefined && part.type === 'text/calendar';
    picking.calendar ??= part;
    if (part.filename || isRepeated) picking.attachments.push(part);
    return;
  }
  if (isBody(part, where)) {
    if (part.type === 'text/plain') picking.texts.push(part);
    if (where.isShown) picking.bodies.push({ kind: bodyKind(part), part });
    return;
  }
  if (part.type === 'text/x-amp-html') return;
  if (isInlineImage(part, where) && !picking.inline.has(part.contentId ?? '')) {
    picking.inline.set(part.contentId ?? '', part);
    return;
  }
  picking.attachments.push(part);
}

const bodyKind = (part: BodyPart): 'text' | 'html' => (part.type === 'text/html' ? 'html' : 'text');

/** Text without a file name is body; a named text is a file, unless it opens the message. */
function isBody(part: BodyPart, where: Where): boolean {
  if (part.type !== 'text/plain' && part.type !== 'text/html') return false;
  if (part.disposition === 'attachment' || where.isRelated) return false;
  // Several clients name their only body (`name="message.txt"`) without a disposition.
  return part.filename === undefined || part.part === '1';
}

function isInlineImage(part: BodyPart, where: Where): boolean {
  if (!part.contentId) return false;
  if (where.isRelated) return part.type.startsWith('image/') || part.filename === undefined;
  // Outlook and Exchange give a Content-ID to ordinary attachments as well.
  return part.type.startsWith('image/') && part.disposition === 'inline';
}
