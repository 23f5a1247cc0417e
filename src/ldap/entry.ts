/** A directory entry: attribute names in lower case, values as text. */
export interface DirectoryEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

// What no page, log or plugin has a use for: secrets, keys, and binary values.
const WITHHELD = /password|passwd|pwd|secret(?!ary)|certificate|photo|logo|audio|;binary$/;
// Of what must not even be guessed by asking for entries that have it.
const SECRET = /password|passwd|pwd|secret(?!ary)|credential|certificate|token|hash$|keys?$/;
// RFC 4512 2.5, with options. No OID: it would name a password without its letters.
const ATTRIBUTE = /^[a-z][a-z0-9-]*(?:;[a-z0-9-]+)*$/i;
const MAX_NAME_CHARS = 100;
const MAX_VALUE_CHARS = 1_024; // longer ones are blobs
const MAX_VALUES = 500; // `memberOf` of an agent in many groups
const MAX_ATTRIBUTES = 100;

/** Whether a text names an attribute that may be asked for: none that holds a secret. */
export const isAttributeName = (text: string): boolean =>
  text.length <= MAX_NAME_CHARS && ATTRIBUTE.test(text) && !SECRET.test(text.toLowerCase());

/** An entry from the plain object that LDAP libraries give; withheld and huge values are left out. */
export function readEntry(raw: unknown): DirectoryEntry {
  const object: object = typeof raw === 'object' && raw !== null ? raw : {};
  const attributes = new Map<string, readonly string[]>();
  let dn = '';
  for (const [key, value] of Object.entries(object)) {
    const name = key.toLowerCase();
    const values = textValues(value);
    if (name === 'dn') dn = values[0] ?? '';
    else if (name !== 'controls' && !WITHHELD.test(name) && attributes.size < MAX_ATTRIBUTES) {
      if (values.length > 0) attributes.set(name, values);
    }
  }
  return { dn, attributes: Object.fromEntries(attributes) };
}

/** Values of an attribute, whatever the case of its name. */
export const valuesOf = ({ attributes }: DirectoryEntry, name: string): readonly string[] => {
  const key = name.toLowerCase();
  return Object.hasOwn(attributes, key) ? (attributes[key] ?? []) : [];
};

function textValues(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .filter((item): item is string => typeof item === 'string' && item !== '')
    .filter((item) => item.length <= MAX_VALUE_CHARS)
    .slice(0, MAX_VALUES);
}
