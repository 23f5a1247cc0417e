import type { MessageEnvelopeObject, MessageStructureObject } from 'imapflow';
import { cleanLine } from './clean-text';
import { generatedFilename, parameterText, partFilename, type UnnamedWords } from './filename';

/** Limits on one message's tree (threats 47): deeper or wider comes only from attackers. */
const MAX_DEPTH = 100;
const MAX_PARTS = 1_000;
const MAX_PARAMETERS = 60;

type Parameters = Readonly<Record<string, string>>;

/** One node of a message's MIME tree. */
export interface BodyPart {
  /** IMAP section (RFC 9051 6.4.5): '1.2'; the root of a multipart message is 'TEXT'. */
  readonly part: string;
  /** Media type in lower case, `type/subtype`. */
  readonly type: string;
  readonly parameters: Parameters;
  readonly disposition?: 'inline' | 'attachment';
  /** Decoded and cleaned; absent when the sender gave none (see `displayName`). */
  readonly filename?: string;
  /** Without angle brackets. */
  readonly contentId?: string;
  /** Content-Transfer-Encoding in lower case. */
  readonly encoding: string;
  /** Octets as transferred, before decoding. */
  readonly sizeBytes: number;
  readonly charset?: string;
  readonly lines?: number;
  readonly children: readonly BodyPart[];
  /** Of an enclosed message (message/rfc822). */
  readonly envelope?: MessageEnvelopeObject;
}

export interface BodyTree {
  readonly root: BodyPart;
  /** True when parts were left out: offer the original for download. */
  readonly tooComplex: boolean;
}

interface Budget {
  parts: number;
  tooComplex: boolean;
}

/** How a node is numbered: as a message's own body, or as the n-th child of a multipart. */
interface Place {
  readonly prefix: string;
  readonly isMessageBody: boolean;
  readonly depth: number;
}

/** imapflow's BODYSTRUCTURE tree as ours, with our own part numbers and limits. */
export function buildStructure(root: MessageStructureObject): BodyTree {
  const budget: Budget = { parts: 0, tooComplex: false };
  const place = { prefix: '', isMessageBody: true, depth: 0 };
  return { root: buildPart(root, place, budget), tooComplex: budget.tooComplex };
}

function buildPart(node: MessageStructureObject, place: Place, budget: Budget): BodyPart {
  budget.parts++;
  const type = (node.type || 'text/plain').toLowerCase();
  const isMultipart = type.startsWith('multipart/');
  const part = partNumber(place, isMultipart);
  const childPrefix = isMultipart && place.isMessageBody ? place.prefix : part;
  const below = { prefix: childPrefix, isMultipart, depth: place.depth + 1 };
  return { part, type, ...details(node), children: buildChildren(node, below, budget) };
}

/**
 * RFC 9051 6.4.5: a body that is not multipart is part 1 of its message, also of an enclosed one
 * (where imapflow repeats the enclosing part's number and would fetch the whole message).
 */
function partNumber(place: Place, isMultipart: boolean): string {
  if (!place.isMessageBody) return place.prefix;
  const last = isMultipart ? 'TEXT' : '1';
  return place.prefix === '' ? last : `${place.prefix}.${last}`;
}

function buildChildren(
  node: MessageStructureObject,
  below: { prefix: string; isMultipart: boolean; depth: number },
  budget: Budget,
): BodyPart[] {
  const children: BodyPart[] = [];
  for (const [index, child] of (node.childNodes ?? []).entries()) {
    if (budget.parts >= MAX_PARTS || below.depth >= MAX_DEPTH) {
      budget.tooComplex = true;
      break;
    }
    const number = below.prefix === '' ? `${index + 1}` : `${below.prefix}.${index + 1}`;
    const prefix = below.isMultipart ? number : below.prefix;
    const place = { prefix, isMessageBody: !below.isMultipart, depth: below.depth };
    children.push(buildPart(child, place, budget));
  }
  return children;
}

function details(node: MessageStructureObject): Omit<BodyPart, 'part' | 'type' | 'children'> {
  const parameters = lowerKeys(node.parameters);
  const filename = partFilename(lowerKeys(node.dispositionParameters), parameters);
  const charset = parameterText(parameters, 'charset');
  const contentId = readContentId(node.id);
  const disposition = readDisposition(node.disposition);
  return {
    parameters,
    encoding: (node.encoding ?? '7bit').toLowerCase(),
    sizeBytes: Math.max(0, node.size ?? 0),
    ...(disposition && { disposition }),
    ...(filename && { filename }),
    ...(contentId && { contentId }),
    ...(charset && { charset: charset.slice(0, 60) }),
    ...(node.lineCount !== undefined && { lines: node.lineCount }),
    ...(node.envelope && { envelope: node.envelope }),
  };
}

/** An unknown disposition is to be treated as an attachment (RFC 2183 2.8). */
function readDisposition(value: string | undefined): 'inline' | 'attachment' | undefined {
  if (!value) return undefined;
  return value.toLowerCase() === 'inline' ? 'inline' : 'attachment';
}

const readContentId = (id: string | undefined): string | undefined =>
  id ? id.trim().replace(/^</, '').replace(/>$/, '').slice(0, 300) || undefined : undefined;

function lowerKeys(parameters: Parameters | undefined): Parameters {
  const entries = Object.entries(parameters ?? {}).slice(0, MAX_PARAMETERS);
  return Object.fromEntries(entries.map(([key, value]) => [key.toLowerCase(), String(value)]));
}

/** What to call a part: its own name, the subject of an enclosed message, or a generated name. */
export function displayName(part: BodyPart, words: UnnamedWords): string {
  if (part.filename) return part.filename;
  const subject = cleanLine(part.envelope?.subject ?? '').replace(/[/\\<>:"|?*]/g, '_');
  if (part.type === 'message/rfc822' && subject) return `${subject.slice(0, 100)}.eml`;
  return generatedFilename(part.type, part.part, words);
}
