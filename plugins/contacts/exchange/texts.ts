import type { LineFault } from './fault';
import type { Field } from './fields';
import type { Import } from './imports';

/** Keys of texts, whole: a contract finds the ones that nothing uses. */
export const FORMAT_TEXTS: Readonly<Record<'vcard4' | 'vcard3' | 'csv' | 'ldif', string>> = {
  vcard4: 'contacts:export.vcard4',
  vcard3: 'contacts:export.vcard3',
  csv: 'contacts:export.csv',
  ldif: 'contacts:export.ldif',
};

export const FORM_TEXTS: Readonly<Record<'file' | 'format' | 'book' | 'busy' | 'large', string>> = {
  file: 'contacts:import.fault.file',
  format: 'contacts:import.fault.format',
  book: 'contacts:import.fault.book',
  busy: 'contacts:import.fault.busy',
  large: 'contacts:export.large',
};

export const STATE_TEXTS: Readonly<Record<Import['state'], string>> = {
  columns: 'contacts:import.state.columns',
  running: 'contacts:import.state.running',
  done: 'contacts:import.state.done',
  ended: 'contacts:import.state.ended',
};

export const FAULT_TEXTS: Readonly<Record<LineFault, string>> = {
  'no-begin': 'contacts:fault.no-begin',
  'no-end': 'contacts:fault.no-end',
  'no-colon': 'contacts:fault.no-colon',
  'no-version': 'contacts:fault.no-version',
  'no-name': 'contacts:fault.no-name',
  nested: 'contacts:fault.nested',
  'too-large': 'contacts:fault.too-large',
  'too-many-lines': 'contacts:fault.too-many-lines',
  columns: 'contacts:fault.columns',
  quotes: 'contacts:fault.quotes',
  empty: 'contacts:fault.empty',
  mail: 'contacts:fault.mail',
  attribute: 'contacts:fault.attribute',
  base64: 'contacts:fault.base64',
  change: 'contacts:fault.change',
  date: 'contacts:fault.date',
  member: 'contacts:fault.member',
  bytes: 'contacts:fault.bytes',
  full: 'contacts:fault.full',
  quota: 'contacts:fault.quota',
  refused: 'contacts:fault.refused',
};

export const FIELD_TEXTS: Readonly<Record<Field, string>> = {
  name: 'contacts:column.name',
  given: 'contacts:column.given',
  additional: 'contacts:column.additional',
  family: 'contacts:column.family',
  prefix: 'contacts:column.prefix',
  suffix: 'contacts:column.suffix',
  nickname: 'contacts:column.nickname',
  organization: 'contacts:column.organization',
  unit: 'contacts:column.unit',
  title: 'contacts:column.title',
  role: 'contacts:column.role',
  mail: 'contacts:column.mail',
  mailWork: 'contacts:column.mailWork',
  mailHome: 'contacts:column.mailHome',
  phone: 'contacts:column.phone',
  phoneWork: 'contacts:column.phoneWork',
  phoneHome: 'contacts:column.phoneHome',
  phoneCell: 'contacts:column.phoneCell',
  phoneFax: 'contacts:column.phoneFax',
  phonePager: 'contacts:column.phonePager',
  url: 'contacts:column.url',
  birthday: 'contacts:column.birthday',
  birthdayMonthFirst: 'contacts:column.birthdayMonthFirst',
  birthDay: 'contacts:column.birthDay',
  birthMonth: 'contacts:column.birthMonth',
  birthYear: 'contacts:column.birthYear',
  anniversary: 'contacts:column.anniversary',
  anniversaryMonthFirst: 'contacts:column.anniversaryMonthFirst',
  label: 'contacts:column.label',
  categories: 'contacts:column.categories',
  note: 'contacts:column.note',
  workStreet: 'contacts:column.workStreet',
  workExtended: 'contacts:column.workExtended',
  workBox: 'contacts:column.workBox',
  workCity: 'contacts:column.workCity',
  workRegion: 'contacts:column.workRegion',
  workCode: 'contacts:column.workCode',
  workCountry: 'contacts:column.workCountry',
  homeStreet: 'contacts:column.homeStreet',
  homeExtended: 'contacts:column.homeExtended',
  homeBox: 'contacts:column.homeBox',
  homeCity: 'contacts:column.homeCity',
  homeRegion: 'contacts:column.homeRegion',
  homeCode: 'contacts:column.homeCode',
  homeCountry: 'contacts:column.homeCountry',
};
