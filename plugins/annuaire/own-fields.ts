import { type DirectoryRecord, type Locale, type PluginRequest, telHref } from 'estafette/plugin';
import type { AnnuaireConfig } from './config';
import { plain } from './fold';
import type { Mapping } from './mapping';
import type { Fact } from './profiles';

type OwnRule = AnnuaireConfig['own'][number];

/** An attribute of one’s own entry, as it is, or as somebody typed it. */
export interface OwnField {
  readonly rule: OwnRule;
  /** Of the controls in the page. */
  readonly id: string;
  readonly kind: 'text' | 'phone';
  /** Key of a text, or the words of the site. */
  readonly label: { readonly key: string } | { readonly text: string };
  readonly values: readonly string[];
  /** As the form was first shown. */
  readonly was: readonly string[];
}

/** What is wrong with a field: a key of a text and its number. */
export interface OwnError {
  readonly id: string;
  readonly key: string;
  readonly count: number;
}

const LABELS: Partial<Record<Fact, string>> = {
  phone: 'annuaire:card.phone',
  mobile: 'annuaire:card.mobile',
  fax: 'annuaire:card.fax',
  room: 'annuaire:own.room',
  missions: 'annuaire:card.missions',
  jobs: 'annuaire:card.jobs',
  title: 'annuaire:own.function',
  street: 'annuaire:own.street',
  city: 'annuaire:own.city',
  postalCode: 'annuaire:own.postalCode',
  absence: 'annuaire:own.absence',
  absentUntil: 'annuaire:own.absentUntil',
};
const PHONES: readonly Fact[] = ['phone', 'mobile', 'fax'];
const PHONE = /^\+?[\d\s./()-]{2,40}$/;

const factOf = ({ facts }: Mapping, attribute: string): Fact | undefined =>
  (Object.keys(facts) as Fact[]).find((fact) =>
    facts[fact].some((name) => name.toLowerCase() === attribute.toLowerCase()),
  );

const kindOf = ({ kind }: OwnRule, fact: Fact | undefined): OwnField['kind'] => {
  if (kind === 'phone' || kind === 'text') return kind;
  return fact && PHONES.includes(fact) ? 'phone' : 'text';
};

/** Whether a rule is about the picture, which has a form of its own. */
export const isPhoto = (mapping: Mapping, { attribute, kind }: OwnRule): boolean =>
  kind === 'photo' || (kind === undefined && factOf(mapping, attribute) === 'photo');

const cleaned = (values: readonly string[]): readonly string[] => [
  ...new Set(values.map(plain).filter((value) => value !== '')),
];

/** The fields that a site lets people change, with what the directory says of them. */
export function fieldsOf(
  mapping: Mapping,
  rules: readonly OwnRule[],
  { attributes }: DirectoryRecord,
  locale: Locale,
): readonly OwnField[] {
  return rules
    .filter((rule) => !isPhoto(mapping, rule))
    .map((rule) => {
      const { attribute } = rule;
      const fact = factOf(mapping, attribute);
      const values = cleaned(attributes[attribute.toLowerCase()] ?? []);
      const key = fact && LABELS[fact];
      const words = rule.label?.[locale] ?? attribute;
      return {
        rule,
        id: attribute.toLowerCase(),
        kind: kindOf(rule, fact),
        label: key && !rule.label ? { key } : { text: words },
        values,
        was: values,
      };
    });
}

/** What a form brings back, over what the directory says now. */
export const sentFields = (
  fields: readonly OwnField[],
  { lists }: PluginRequest,
): readonly OwnField[] =>
  fields.map((field) => ({
    ...field,
    values: cleaned(lists[`v-${field.id}`] ?? []),
    was: cleaned(lists[`was-${field.id}`] ?? []),
  }));

/** Two sets of values; a directory keeps no order of them. */
export const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value) => other.includes(value));

/** Controls of a field: all that it has, and room for as many as the site lets it have. */
export const roomOf = ({ rule, values, was }: OwnField): number =>
  Math.max(rule.maxValues, values.length, was.length);

/** What is wrong with what somebody typed; what they left as it was is for nobody to mend. */
export const errorsOf = (fields: readonly OwnField[]): readonly OwnError[] =>
  fields
    .filter(({ values, was }) => !isSameSet(values, was))
    .flatMap((field): readonly OwnError[] => {
      const { id, rule, values, was, kind } = field;
      const added = values.filter((value) => !was.includes(value));
      const most = Math.max(rule.maxValues, was.length);
      if (values.length > most) return [{ id, key: 'annuaire:own.error.many', count: most }];
      if (added.some((value) => value.length > rule.maxChars))
        return [{ id, key: 'annuaire:own.error.long', count: rule.maxChars }];
      const isPhone = (value: string): boolean => PHONE.test(value) && telHref(value) !== '';
      if (kind === 'phone' && !added.every(isPhone))
        return [{ id, key: 'annuaire:own.error.phone', count: 0 }];
      const { pattern } = rule;
      if (
        pattern !== undefined &&
        !added.every((value) => new RegExp(`^(?:${pattern})$`, 'u').test(value))
      )
        return [{ id, key: 'annuaire:own.error.pattern', count: 0 }];
      return [];
    });
