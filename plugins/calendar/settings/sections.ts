import type { PluginSettingSection } from 'estafette/plugin';
import { DEFAULTS } from './values';
import { ZONES } from './zones';

/** Keys of texts are whole: a contract finds the ones that nothing uses. */
const AT = {
  '06:00': 'calendar:settings.at.0600',
  '07:00': 'calendar:settings.at.0700',
  '07:30': 'calendar:settings.at.0730',
  '08:00': 'calendar:settings.at.0800',
  '08:30': 'calendar:settings.at.0830',
  '09:00': 'calendar:settings.at.0900',
  '09:30': 'calendar:settings.at.0930',
  '10:00': 'calendar:settings.at.1000',
  '16:00': 'calendar:settings.at.1600',
  '16:30': 'calendar:settings.at.1630',
  '17:00': 'calendar:settings.at.1700',
  '17:30': 'calendar:settings.at.1730',
  '18:00': 'calendar:settings.at.1800',
  '18:30': 'calendar:settings.at.1830',
  '19:00': 'calendar:settings.at.1900',
  '20:00': 'calendar:settings.at.2000',
  '21:00': 'calendar:settings.at.2100',
  '22:00': 'calendar:settings.at.2200',
} as const;

const clocks = (...all: readonly (keyof typeof AT)[]) =>
  all.map((value) => ({ value, labelKey: AT[value] }));

const HALVES = ['07:30', '08:30', '09:30', '16:30', '17:30', '18:30'] as const;

/** Pages of settings of an agent: what is seen, when they work, how they are reminded. */
export const SETTINGS: readonly PluginSettingSection[] = [
  {
    id: 'calendar',
    labelKey: 'calendar:settings.title',
    fields: [
      {
        key: 'view',
        kind: 'choice',
        labelKey: 'calendar:settings.view',
        helpKey: 'calendar:settings.viewHelp',
        options: [
          { value: 'day', labelKey: 'calendar:settings.viewOf.day' },
          { value: 'work', labelKey: 'calendar:settings.viewOf.work' },
          { value: 'week', labelKey: 'calendar:settings.viewOf.week' },
          { value: 'month', labelKey: 'calendar:settings.viewOf.month' },
          { value: 'list', labelKey: 'calendar:settings.viewOf.list' },
          { value: 'planning', labelKey: 'calendar:settings.viewOf.planning' },
        ],
        default: DEFAULTS.view,
      },
      {
        key: 'firstHour',
        kind: 'choice',
        labelKey: 'calendar:settings.firstHour',
        options: clocks('06:00', '07:00', '08:00', '09:00'),
        default: '08:00',
      },
      {
        key: 'lastHour',
        kind: 'choice',
        labelKey: 'calendar:settings.lastHour',
        helpKey: 'calendar:settings.hoursHelp',
        options: clocks('18:00', '19:00', '20:00', '21:00', '22:00'),
        default: '19:00',
      },
      {
        key: 'zone',
        kind: 'choice',
        labelKey: 'calendar:settings.zone',
        options: [{ value: '', labelKey: 'calendar:settings.zoneOf.site' }, ...ZONES],
        default: '',
      },
      {
        key: 'zone2',
        kind: 'choice',
        labelKey: 'calendar:settings.zone2',
        options: [{ value: '', labelKey: 'calendar:settings.zoneOf.none' }, ...ZONES],
        default: '',
      },
      {
        key: 'weekNumbers',
        kind: 'switch',
        labelKey: 'calendar:settings.weekNumbers',
        default: true,
      },
      {
        key: 'length',
        kind: 'choice',
        labelKey: 'calendar:settings.length',
        options: [
          { value: '15', labelKey: 'calendar:settings.minutes.15' },
          { value: '30', labelKey: 'calendar:settings.minutes.30' },
          { value: '45', labelKey: 'calendar:settings.minutes.45' },
          { value: '60', labelKey: 'calendar:settings.minutes.60' },
          { value: '90', labelKey: 'calendar:settings.minutes.90' },
          { value: '120', labelKey: 'calendar:settings.minutes.120' },
        ],
        default: '60',
      },
    ],
  },
  {
    id: 'calendar-hours',
    labelKey: 'calendar:settings.hoursTitle',
    fields: [
      {
        key: 'workFrom',
        kind: 'choice',
        labelKey: 'calendar:settings.workFrom',
        options: clocks('07:00', HALVES[0], '08:00', HALVES[1], '09:00', HALVES[2], '10:00'),
        default: '09:00',
        defaultFrom: 'workFrom',
      },
      {
        key: 'workTo',
        kind: 'choice',
        labelKey: 'calendar:settings.workTo',
        helpKey: 'calendar:settings.workHelp',
        options: clocks(
          '16:00',
          HALVES[3],
          '17:00',
          HALVES[4],
          '18:00',
          HALVES[5],
          '19:00',
          '20:00',
        ),
        default: '18:00',
        defaultFrom: 'workTo',
      },
      {
        key: 'monday',
        kind: 'switch',
        labelKey: 'calendar:settings.days.monday',
        helpKey: 'calendar:settings.dayHelp',
        default: true,
      },
      { key: 'tuesday', kind: 'switch', labelKey: 'calendar:settings.days.tuesday', default: true },
      {
        key: 'wednesday',
        kind: 'switch',
        labelKey: 'calendar:settings.days.wednesday',
        default: true,
      },
      {
        key: 'thursday',
        kind: 'switch',
        labelKey: 'calendar:settings.days.thursday',
        default: true,
      },
      { key: 'friday', kind: 'switch', labelKey: 'calendar:settings.days.friday', default: true },
      {
        key: 'saturday',
        kind: 'switch',
        labelKey: 'calendar:settings.days.saturday',
        default: false,
      },
      { key: 'sunday', kind: 'switch', labelKey: 'calendar:settings.days.sunday', default: false },
      {
        key: 'showBusy',
        kind: 'switch',
        labelKey: 'calendar:settings.showBusy',
        helpKey: 'calendar:settings.showBusyHelp',
        default: true,
      },
    ],
  },
  {
    id: 'calendar-reminders',
    labelKey: 'calendar:settings.remindersTitle',
    fields: [
      {
        key: 'reminder',
        kind: 'choice',
        labelKey: 'calendar:settings.reminder',
        options: [
          { value: 'none', labelKey: 'calendar:settings.reminderOf.none' },
          { value: '0', labelKey: 'calendar:settings.reminderOf.0' },
          { value: '5', labelKey: 'calendar:settings.reminderOf.5' },
          { value: '10', labelKey: 'calendar:settings.reminderOf.10' },
          { value: '15', labelKey: 'calendar:settings.reminderOf.15' },
          { value: '30', labelKey: 'calendar:settings.reminderOf.30' },
          { value: '60', labelKey: 'calendar:settings.reminderOf.60' },
          { value: '1440', labelKey: 'calendar:settings.reminderOf.1440' },
        ],
        default: 'none',
      },
      {
        key: 'reminderBy',
        kind: 'choice',
        labelKey: 'calendar:settings.reminderBy',
        options: [
          { value: 'page', labelKey: 'calendar:settings.reminderByOf.page' },
          { value: 'both', labelKey: 'calendar:settings.reminderByOf.both' },
          { value: 'mail', labelKey: 'calendar:settings.reminderByOf.mail' },
          { value: 'none', labelKey: 'calendar:settings.reminderByOf.none' },
        ],
        default: DEFAULTS.reminderBy,
      },
      {
        key: 'reminderShared',
        kind: 'switch',
        labelKey: 'calendar:settings.reminderShared',
        helpKey: 'calendar:settings.reminderSharedHelp',
        default: false,
      },
    ],
  },
];
