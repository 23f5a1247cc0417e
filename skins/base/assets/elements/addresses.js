/** Ends of an address in a typed or pasted list, outside quotes. */
const SEPARATORS = new Set([',', ';', '\n', '\r']);
const SPECIAL = /[()<>[\]:;@\\,."]/;
const MAIL = /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+$/;

/**
 * The addresses of a list as typed, in order, nothing lost: `["Bob <b@c.fr>", "x"]`. A quote or a
 * bracket left open is closed: joined again with others, an address never swallows its neighbour.
 */
export function splitAddresses(text) {
  const parts = [];
  let part = '';
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (isQuoted && char === '\\') {
      part += char + (text[++index] ?? '');
      continue;
    }
    // Neither a quote that nothing closes on its line nor an open bracket holds a list together.
    if (char === '"') isQuoted = !isQuoted && /^[^\n"]*"/.test(text.slice(index + 1));
    const isEnd = char === '\n' || (!isQuoted && SEPARATORS.has(char));
    if (!isEnd) {
      part += char;
      continue;
    }
    isQuoted = false;
    parts.push(part);
    part = '';
  }
  parts.push(part);
  return parts.map((one) => closed(one.trim())).filter((one) => one !== '');
}

/** The text with what it leaves open closed: `Bob <b@c.fr` is `Bob <b@c.fr>`. */
function closed(text) {
  const isEscape = (index) => text[index] === '\\';
  let isQuoted = false;
  let isAngled = false;
  for (let index = 0; index < text.length; index++) {
    if (isQuoted && isEscape(index)) index++;
    else if (text[index] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text[index] === '<') isAngled = true;
    else if (!isQuoted && text[index] === '>') isAngled = false;
  }
  const whole = isQuoted ? `${text.replace(/\\+$/, '')}"` : text;
  return isAngled ? `${whole}>` : whole;
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
