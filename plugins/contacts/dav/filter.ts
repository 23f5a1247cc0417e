import { type DavElement, davChild, davChildren, davIs } from 'estafette/plugin';
import type { ContentLine } from '../card/lines';
import { cardLines } from '../card/read';
import { unescaped } from '../card/text';
import { type Clue, fold, type Walk } from '../store';
import { C } from './names';

/** A filter that cannot be applied: which precondition of RFC 6352 8.6 it misses. */
export class FilterRefused extends Error {
  constructor(readonly condition: 'supported-filter' | 'supported-collation') {
    super(condition);
  }
}

/** What a query asks of a card. */
export interface Filter {
  readonly isWanted: (text: string) => boolean;
  /** What the store may leave out without reading it. */
  readonly clues: Walk['clues'];
}

type Test = (lines: readonly ContentLine[]) => boolean;
type TextTest = (text: string) => boolean;

const MAX_TESTS = 100;

/** What a `filter` of a query asks (RFC 6352 10.5): nothing without one; throws {@link FilterRefused}. */
export function filterOf(filter: DavElement | undefined): Filter | undefined {
  if (!filter) return undefined;
  const props = davChildren(filter, C('prop-filter'));
  const known = filter.children.length === props.length && props.length <= MAX_TESTS;
  if (!known) throw new FilterRefused('supported-filter');
  if (props.length === 0) return undefined;
  const tests = props.map(propTest);
  const isAll = isAllOf(filter);
  const isWanted = (text: string): boolean => {
    const lines = cardLines(text);
    return isAll ? tests.every((test) => test(lines)) : tests.some((test) => test(lines));
  };
  return { isWanted, clues: cluesOf(props, isAll) };
}

/** Of filters that are all to be met, some will do; where one is enough, each needs its clue. */
function cluesOf(props: readonly DavElement[], isAll: boolean): Walk['clues'] {
  const pieces = props.flatMap((prop) => clueOf(prop) ?? []);
  const isEnough = isAll ? pieces.length > 0 : pieces.length === props.length;
  return isEnough ? { isAll, pieces } : undefined;
}

const SIGNS: Readonly<Record<Clue['of'], RegExp>> = {
  FN: /[a-z0-9]+/g,
  EMAIL: /[a-z0-9]+/g,
  // `tel:` is not kept.
  TEL: /[0-9]+/g,
  UID: /[a-z0-9]+/g,
};

/** The longest run of plain signs that a property has to hold; none where it is asked otherwise. */
function clueOf(prop: DavElement): Clue | undefined {
  const of = (Object.keys(SIGNS) as Clue['of'][]).find(
    (name) => name === (prop.attributes['name'] ?? '').toUpperCase(),
  );
  const [match, ...others] = prop.children;
  if (!of || !match || others.length > 0 || !davIs(match, C('text-match'))) return undefined;
  if (match.attributes['negate-condition'] === 'yes') return undefined;
  // Names and addresses are kept as they are searched for.
  const isFolded = of === 'FN' || of === 'EMAIL';
  const text = isFolded ? fold(match.text) : match.text.toLowerCase();
  const runs = text.match(SIGNS[of]) ?? [];
  const [piece] = [...runs].sort((a, b) => b.length - a.length);
  return piece === undefined ? undefined : { of, piece };
}

function isAllOf({ attributes }: DavElement): boolean {
  const test = attributes['test'] ?? 'anyof';
  if (test !== 'anyof' && test !== 'allof') throw new FilterRefused('supported-filter');
  return test === 'allof';
}

function propTest(filter: DavElement): Test {
  const [group, property] = (filter.attributes['name'] ?? '')
    .toUpperCase()
    .split('.')
    .slice(-2) as [string, string?];
  const name = property ?? group;
  const wantedGroup = property === undefined ? undefined : group;
  if (name === '') throw new FilterRefused('supported-filter');
  const own = (lines: readonly ContentLine[]): readonly ContentLine[] =>
    lines.filter(
      (line) =>
        line.name === name &&
        (wantedGroup === undefined || line.group.toUpperCase() === wantedGroup),
    );
  if (davChild(filter, C('is-not-defined'))) return (lines) => own(lines).length === 0;
  const texts = davChildren(filter, C('text-match')).map(textTest);
  const params = davChildren(filter, C('param-filter')).map(paramTest);
  if (
    filter.children.length !== texts.length + params.length ||
    filter.children.length > MAX_TESTS
  ) {
    throw new FilterRefused('supported-filter');
  }
  if (filter.children.length === 0) return (lines) => own(lines).length > 0;
  const isAll = isAllOf(filter);
  return (lines) => {
    const found = own(lines);
    const values = found.map(({ value }) => unescaped(value));
    const outcomes = [
      ...texts.map((test) => values.some(test)),
      ...params.map((test) => found.some(test)),
    ];
    return isAll ? outcomes.every(Boolean) : outcomes.some(Boolean);
  };
}

function paramTest(filter: DavElement): (line: ContentLine) => boolean {
  const name = (filter.attributes['name'] ?? '').toUpperCase();
  if (name === '') throw new FilterRefused('supported-filter');
  if (davChild(filter, C('is-not-defined'))) return ({ params }) => !params.has(name);
  const match = davChild(filter, C('text-match'));
  if (!match) return ({ params }) => params.has(name);
  const test = textTest(match);
  return ({ params }) => params.get(name)?.some(test) ?? false;
}

/** How texts are compared, by the names of RFC 4790. */
const COLLATIONS: Readonly<Record<string, (text: string) => string>> = {
  'i;octet': (text) => text,
  'i;ascii-casemap': (text) => text.replace(/[a-z]/g, (sign) => sign.toUpperCase()),
  'i;unicode-casemap': (text) => text.normalize('NFKD').toLowerCase(),
  default: (text) => text.normalize('NFKD').toLowerCase(),
};

const MATCHES: Readonly<Record<string, (text: string, wanted: string) => boolean>> = {
  equals: (text, wanted) => text === wanted,
  contains: (text, wanted) => text.includes(wanted),
  'starts-with': (text, wanted) => text.startsWith(wanted),
  'ends-with': (text, wanted) => text.endsWith(wanted),
};

function textTest({ attributes, text }: DavElement): TextTest {
  const fold = own(COLLATIONS, attributes['collation'] ?? 'default');
  if (!fold) throw new FilterRefused('supported-collation');
  const matches = own(MATCHES, attributes['match-type'] ?? 'contains');
  if (!matches) throw new FilterRefused('supported-filter');
  const isNegated = attributes['negate-condition'] === 'yes';
  const wanted = fold(text);
  return (value) => matches(fold(value), wanted) !== isNegated;
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
