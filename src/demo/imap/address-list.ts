import { splitOutsideQuotes, unquote } from './headers';

/** One address of an ENVELOPE: undefined is NIL. A group opens with mailbox only, closes with nothing. */
export interface EnvelopeAddress {
  readonly name: string | undefined;
  readonly mailbox: string | undefined;
  readonly host: string | undefined;
}

const MAX_ADDRESSES = 20_000;

/** RFC 5322 address list, read leniently and in linear time; text stays as sent (encoded words). */
export function parseAddresses(field: string): EnvelopeAddress[] {
  const found: EnvelopeAddress[] = [];
  for (const piece of splitOutsideQuotes(field, ',')) {
    if (found.length >= MAX_ADDRESSES) break;
    pushAddress(found, piece.trim());
  }
  return found;
}

function pushAddress(found: EnvelopeAddress[], text: string, mayOpenGroup = true): void {
  // Groups do not nest (RFC 5322 3.4): a second name would only be a way to exhaust the stack.
  const group = mayOpenGroup ? /^([^"<>@:;]+):/.exec(text) : null;
  if (group) {
    found.push({ name: undefined, mailbox: group[1]?.trim(), host: undefined });
    pushAddress(found, text.slice(group[0].length).trim(), false);
    return;
  }
  const closes = text.endsWith(';');
  const one = closes ? text.slice(0, -1).trim() : text;
  if (one !== '') found.push(parseOne(one));
  if (closes) found.push({ name: undefined, mailbox: undefined, host: undefined });
}

function parseOne(text: string): EnvelopeAddress {
  const open = text.lastIndexOf('<');
  const close = text.indexOf('>', open);
  if (open !== -1 && close !== -1) {
    const name = unquote(text.slice(0, open).trim());
    return { name: name === '' ? undefined : name, ...splitAddress(text.slice(open + 1, close)) };
  }
  // Old style: `user@host (Name)`.
  const comment = /^(\S+)\s*\(([^()]*)\)$/.exec(text);
  if (comment) return { name: comment[2], ...splitAddress(comment[1] ?? '') };
  return { name: undefined, ...splitAddress(text) };
}

function splitAddress(text: string): { mailbox: string | undefined; host: string | undefined } {
  const address = text.trim().replace(/^@[^:]*:/, '');
  const at = address.lastIndexOf('@');
  // A missing host is told as Dovecot does, so that clients do not take it for a group.
  if (at === -1) return { mailbox: unquote(address), host: 'MISSING_DOMAIN' };
  return { mailbox: unquote(address.slice(0, at)), host: address.slice(at + 1) };
}
