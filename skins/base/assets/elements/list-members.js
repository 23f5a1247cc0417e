import { formatAddress, parseAddress } from './addresses.js';

const keyOf = (text) => parseAddress(text).mail.toLowerCase();

/** Members of a list as addresses to write, `{ texts, isCut }`; throws when they cannot be had. */
export async function membersOf({ href }) {
  const response = await fetch(href, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`members: ${response.status}`);
  const { items, isCut } = await response.json();
  return { texts: items.map(formatAddress), isCut };
}

/** Those of the texts that no field of the composition has yet. */
export function notYetIn(compose, texts) {
  const fields = [...(compose?.querySelectorAll('est-chips') ?? [])];
  const known = new Set(
    fields.flatMap((field) => field.addresses ?? []).map(({ mail }) => mail.toLowerCase()),
  );
  return texts.filter((text) => {
    const isNew = !known.has(keyOf(text));
    known.add(keyOf(text));
    return isNew;
  });
}

/** A text with a number and a name in the places of `%n` and `%name`. */
export const filled = (text, count, name) =>
  text.replace(/%name|%n/g, (place) => (place === '%n' ? count : name));

/** The sentence of a number of things, of `one|many`. */
export function counted(texts, count, name) {
  const [one, many] = texts.split('|');
  return filled(count < 2 ? one : many, count, name);
}
