import { cleanLine } from 'estafette/plugin';
import type { Contact } from '../card';

/** What a name that somebody wrote beside their address says of them. */
export type WrittenName = Pick<Contact, 'prefix' | 'given' | 'family' | 'unit'>;

const NAME_CHARS = 200;

/** `(DSI)`, `[SG/DRH]`: where administrations write the service. */
const BRACKETED = /[([]([^()[\]]*)[)\]]/g;
/** `CLAIRBOIS Linh - SG/DSI`; a hyphen within a name has no spaces around it. */
const DASHED = /\s[-–—]\s(.*)$/;
const TITLE = /^(?:M\.|Mme|Mlle|MM\.|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Pr\.?)$/i;
/** What belongs to the family name after it: `Jean de LA TOUR`. */
const PARTICLE = /^(?:d[eu]s?|d['’]|la|le|les|van|von|der|den|el|al|ben)$/i;

const wordsOf = (text: string): readonly string[] =>
  text.split(/\s+/).filter((word) => word !== '');

/** A family name as ministries write it; an initial (`J.`) says nothing. */
const isCapital = (word: string): boolean =>
  word === word.toUpperCase() && (word.match(/\p{Lu}/gu) ?? []).length > 1;

/**
 * Family name, given name and service of a name as people write it: `CLAIRBOIS Linh (DSI)`,
 * `Clairbois, Linh`, `Linh CLAIRBOIS`. Without any of these signs the first word is the given name.
 */
export function writtenName(text: string): WrittenName {
  const asked = cleanLine(text).slice(0, NAME_CHARS);
  const units = [...asked.matchAll(BRACKETED)].map(([, unit = '']) => unit.trim());
  const bare = asked.replace(BRACKETED, ' ').trim();
  const [, dashed = ''] = DASHED.exec(bare) ?? [];
  const unit = [...units, dashed.trim()].filter((one) => one !== '').join(', ');
  const all = wordsOf(bare.replace(DASHED, ''));
  const isTitled = all.length > 1 && TITLE.test(all[0] ?? '');
  const words = isTitled ? all.slice(1) : all;
  const { given, family } = namesOf(words);
  // Of brackets alone nothing is left to call somebody by.
  if (given === '' && family === '') return { prefix: '', given: asked, family: '', unit: '' };
  return { prefix: isTitled ? (all[0] ?? '') : '', given, family, unit };
}

function namesOf(words: readonly string[]): Pick<WrittenName, 'given' | 'family'> {
  const text = words.join(' ');
  const [before = '', after = '', ...more] = text.split(',').map((part) => part.trim());
  if (before !== '' && after !== '' && more.length === 0) return { family: before, given: after };
  const isMarked = words.some(isCapital) && !words.every((one) => isCapital(one) || isBound(one));
  if (!isMarked) return { given: words[0] ?? '', family: words.slice(1).join(' ') };
  let from = words.findIndex(isCapital);
  while (from > 0 && isBound(words[from - 1] ?? '')) from -= 1;
  let end = from;
  while (end < words.length && (isCapital(words[end] ?? '') || isBound(words[end] ?? ''))) end += 1;
  return {
    family: words.slice(from, end).join(' '),
    given: [...words.slice(0, from), ...words.slice(end)].join(' '),
  };
}

const isBound = (word: string): boolean => PARTICLE.test(word);
