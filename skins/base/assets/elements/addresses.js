/** Ends of an address in a typed or pasted list, outside quotes, comments and angle brackets. */
const SEPARATORS = new Set([',', ';', '\n', '\r']);
const SPECIAL = /[()<>[\]:;@\\,."]/;
const MAIL = /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+$/;

/** The addresses of a list as typed, in order, nothing lost: `["Bob <b@c.fr>", "x"]`. */
export function splitAddresses(text) {
  const parts = [];
  let part = '';
  let isQuoted = false;
  let isAngled = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (isQuoted && char === '\\') {
      part += char + (text[++index] ?? '');
      continue;
    }
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && char === '<') isAngled = true;
    else if (!isQuoted && char === '>') isAngled = false;
    // A line always ends an address: an opened quote must not swallow a pasted list.
    const isEnd = char === '\n' || (!isQuoted && !isAngled && SEPARATORS.has(char));
    if (!isEnd) {
      part += char;
      continue;
    }
    isQuoted = false;
    isAngled = false;
    parts.push(part);
    part = '';
  }
  parts.push(part);
  return parts.map((one) => one.trim()).filter((one) => one !== '');
}

/** Whether the text holds a complete list rather than an address being typed. */
export const isList = (text) => splitAddresses(text).length > 1 || /[,;\n]\s*$/.test(text);

/** Name and address of one entry; `isValid` says whether it looks like an address (the server decides). */
export function parseAddress(text) {
  const match = /^(.*?)<([^<>]*)>$/s.exec(text.trim());
  const mail = (match ? match[2] : text).trim().replace(/^mailto:/i, '');
  const quoted = (match?.[1] ?? '').trim();
  const name = quoted.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1');
  return { name, mail, isValid: MAIL.test(mail) };
}

/** `Name <mail>`, the name quoted when it must be (RFC 5322 3.2.4). */
export function formatAddress({ name, mail }) {
  if (!name || name === mail) return mail;
  const clean = name.replace(/[\r\n]+/g, ' ');
  const phrase = SPECIAL.test(clean) ? `"${clean.replace(/["\\]/g, '\\$&')}"` : clean;
  return `${phrase} <${mail}>`;
}

/** Whether an address is none of our domains, nor below one of them. */
export function isOutside(mail, domains) {
  const domain = mail.slice(mail.lastIndexOf('@') + 1).toLowerCase();
  return !domains.some((own) => domain === own || domain.endsWith(`.${own}`));
}
