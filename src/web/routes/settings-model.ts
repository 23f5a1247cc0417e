// Settings as their page shows them, and those that a search finds.
import type { SettingSection } from '../../settings';
import type { SettingsFieldModel, SettingsGroupModel } from '../pages/other';
import type { OpenCall } from '../route';
import { findPlace, type Place, sections } from './settings-places';

type T = OpenCall['ctx']['t'];
type Field = SettingSection['fields'][number];

/** More than this is no word of a setting. */
const MAX_QUERY_CHARS = 100;

export interface Problem {
  /** Key of a field; empty for what concerns the whole form. */
  readonly field: string;
  readonly text: string;
}

/** What was posted and refused: shown again, so that nothing typed is lost. */
export interface Refused {
  readonly problems: readonly Problem[];
  readonly form: Readonly<Record<string, string>>;
  /** Fields that the form held; the others are shown as they are stored. */
  readonly fields: ReadonlySet<string>;
}

/** A section as a form. */
export function groupModel(place: Place, t: T, refused?: Refused): SettingsGroupModel {
  const { section } = place;
  return {
    id: section.id,
    label: t(section.labelKey),
    action: `/settings/${section.id}`,
    fields: section.fields.map((field) => fieldModel(field, place, t, refused)),
  };
}

function fieldModel(field: Field, place: Place, t: T, refused?: Refused): SettingsFieldModel {
  const isLocked = place.locked.includes(field.key);
  const stored = place.values[field.key] ?? field.default;
  const value = isLocked || !refused?.fields.has(field.key) ? stored : typed(field, refused.form);
  const site = place.siteValues[field.key];
  return {
    name: field.key,
    kind: field.kind,
    label: t(field.labelKey),
    help: field.helpKey === undefined ? undefined : t(field.helpKey),
    value: String(value),
    isChecked: value === true,
    options:
      field.kind === 'choice'
        ? field.options.map((option) => ({
            value: option.value,
            label: t(option.labelKey),
            isSelected: option.value === value,
          }))
        : [],
    maxLength: field.kind === 'text' || field.kind === 'textarea' ? field.maxLength : undefined,
    isLocked,
    lockedText: place.lockedTexts?.[field.key] ?? t('settings.locked'),
    isOwn: place.own.has(field.key),
    siteText: site === undefined ? '' : valueText(field, site, t),
    error: refused?.problems.find((problem) => problem.field === field.key)?.text,
  };
}

const typed = (field: Field, form: Readonly<Record<string, string>>): string | boolean =>
  field.kind === 'switch' ? form[field.key] !== undefined : (form[field.key] ?? field.default);

/** A value in words; long texts by their beginning. */
function valueText(field: Field, value: string | boolean, t: T): string {
  if (typeof value === 'boolean') return t(value ? 'settings.own.on' : 'settings.own.off');
  if (field.kind !== 'choice') {
    const line = value.trim().split('\n', 1)[0] ?? '';
    return line === '' ? t('settings.own.empty') : Array.from(line).slice(0, 60).join('');
  }
  const option = field.options.find((candidate) => candidate.value === value);
  return option ? t(option.labelKey) : value;
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** What somebody asked for, short enough to look for. */
export const queryOf = (asked: unknown): string =>
  typeof asked === 'string' ? asked.slice(0, MAX_QUERY_CHARS).trim() : '';

/**
 * Settings of every section in which each word is found: in the title, the help, the choices or the
 * name of the section, whatever the accents and capitals.
 */
export async function searchSettings(
  call: OpenCall,
  query: string,
): Promise<readonly SettingsGroupModel[]> {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  const groups: SettingsGroupModel[] = [];
  for (const { id } of sections(call)) {
    const group = groupModel(await findPlace(call, id), call.ctx.t);
    const fields = group.fields.filter((field) => {
      const options = field.options.map(({ label }) => label);
      const text = fold([group.label, field.label, field.help ?? '', ...options].join(' '));
      return words.every((word) => text.includes(word));
    });
    if (fields.length > 0) groups.push({ ...group, fields });
  }
  return groups;
}
