import type { Translate } from '../kernel/i18n-types';
import { type Label, type LabelColour, labelsOf } from '../mail';
import type { LabelModel } from './pages/mail';

/** Names of the labels that everybody has, until they call them otherwise. */
const FIRST_TEXTS: Readonly<Record<string, string>> = {
  $label1: 'labels.first.important',
  $label2: 'labels.first.work',
  $label3: 'labels.first.personal',
  $label4: 'labels.first.todo',
  $label5: 'labels.first.later',
};

export const COLOUR_TEXTS: Readonly<Record<LabelColour, string>> = {
  red: 'labels.colour.red',
  amber: 'labels.colour.amber',
  green: 'labels.colour.green',
  blue: 'labels.colour.blue',
  violet: 'labels.colour.violet',
  teal: 'labels.colour.teal',
  grey: 'labels.colour.grey',
};

/** What a label is called on a page. */
export function labelName({ keyword, name }: Label, t: Translate): string {
  if (name !== '') return name;
  const key = FIRST_TEXTS[keyword];
  return key === undefined ? keyword : t(key);
}

/** Labels that a message has, as chips; a message of a hundred keywords shows the first of them. */
export const chipsOf = (
  keywords: readonly string[],
  labels: readonly Label[],
  t: Translate,
): readonly LabelModel[] =>
  labelsOf(keywords, labels)
    .slice(0, CHIPS_MAX)
    .map((label) => modelOf(label, t));

const CHIPS_MAX = 6;

export const modelOf = (label: Label, t: Translate): LabelModel => ({
  keyword: label.keyword,
  name: labelName(label, t),
  colour: label.colour,
});
