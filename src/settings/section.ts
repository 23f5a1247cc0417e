import type { TextKey } from '../base/types';

export interface SettingOption {
  readonly value: string;
  readonly labelKey: TextKey;
}

interface FieldBase {
  /** Unique in its section; stored as `<section>.<key>` for the core, `<key>` for a plugin. */
  readonly key: string;
  readonly labelKey: TextKey;
  readonly helpKey?: TextKey;
}
export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly options: readonly SettingOption[];
  readonly default: string;
}
export interface SwitchField extends FieldBase {
  readonly kind: 'switch';
  readonly default: boolean;
}
export interface TextField extends FieldBase {
  readonly kind: 'text' | 'textarea';
  readonly default: string;
  /** Characters; 200 for a text, 4,000 for a textarea unless told. */
  readonly maxLength?: number;
}
export type SettingField = ChoiceField | SwitchField | TextField;

/** One page of settings, as data: the core's and plugins' are drawn and parsed alike. */
export interface SettingSection {
  readonly id: string;
  readonly labelKey: TextKey;
  readonly fields: readonly SettingField[];
}

/** The value of a field, as its declaration promises it. */
export type FieldValue<F extends SettingField> = F extends ChoiceField
  ? F['options'][number]['value']
  : F extends SwitchField
    ? boolean
    : string;

/** The values of a section by field key. */
export type SectionValues<S extends SettingSection> = {
  readonly [F in S['fields'][number] as F['key']]: FieldValue<F>;
};

/** Identity function that keeps the literal types of a section. */
export const defineSection = <const S extends SettingSection>(section: S): S => section;
