import { readHarm } from '../../../base/harm';
import { type PluginReport, type PluginState, wholeProblem } from '../../../host/report';
import { SECRET_KEY } from '../../../kernel/config-check';
import { isPlain } from '../../../kernel/config-layer';
import type { AdminCell, Mark } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, marked } from './cells';

type Reader = Pick<AdminCall, 'deps' | 'ctx'>;

/** A plugin as people call it; its id when its texts were not loaded. */
export function pluginTitle({ deps, ctx }: Reader, id: string): string {
  const key = deps.admin.installed.find((plugin) => plugin.id === id)?.definition.title;
  return key !== undefined && deps.texts.has(key, ctx.locale) ? ctx.t(key) : id;
}

const MARKS: Readonly<Record<PluginState, Mark>> = {
  active: 'ok',
  degraded: 'warn',
  quarantined: 'danger',
  refused: 'danger',
  failed: 'danger',
  stopped: 'off',
  'not-loaded': 'off',
};

/** The state of a plugin in a word. */
export function stateCell(call: Reader, report: PluginReport): AdminCell {
  const { t } = call.ctx;
  if (isStopped(call, report.id)) return marked('off', t('admin.state.killed'));
  const isOffEverywhere = report.state === 'active' && report.sites.length === 0;
  if (isOffEverywhere) return marked('off', t('admin.state.off'));
  return marked(MARKS[report.state], t(`admin.state.${report.state}`));
}

/** Whether the kill switch of a plugin is on. */
export function isStopped({ deps, ctx }: Reader, plugin: string): boolean {
  const { layers } = deps.admin.enabling.explainFor({
    site: ctx.site.id,
    path: `${plugin}.enabled`,
  });
  return layers.some(({ layer }) => layer === 'stop');
}

/** What an administrator can do about a state. */
export function adviceFor({ ctx }: Reader, report: PluginReport): string | undefined {
  const { t } = ctx;
  switch (report.state) {
    case 'active':
    case 'stopped':
      return undefined;
    case 'degraded':
      // What no site said is in no file: a migration that is missing.
      return t(wholeProblem(report) ? 'admin.advice.migrate' : 'admin.advice.fault');
    default:
      return t(`admin.advice.${report.state}`);
  }
}

const HIDDEN = '•••';

/** A value of the configuration on one line; what is secret is not shown. */
export function valueText({ ctx }: Pick<Reader, 'ctx'>, path: string, value: unknown): string {
  const { t } = ctx;
  if (value === undefined) return t('admin.nothing');
  if (SECRET_KEY.test(path.split('.').at(-1) ?? '')) return HIDDEN;
  if (value === true) return t(path.endsWith('.enabled') ? 'admin.on' : 'admin.yes');
  if (value === false) return t(path.endsWith('.enabled') ? 'admin.off' : 'admin.no');
  return JSON.stringify(withoutSecrets(value));
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEY.test(key) && typeof inner === 'string' ? HIDDEN : withoutSecrets(inner),
    ]),
  );
}

/** A value in force, with the colour of on and off. */
export function valueCell(call: Pick<Reader, 'ctx'>, path: string, value: unknown): AdminCell {
  const text = valueText(call, path, value);
  if (value === undefined) return cell(text);
  if (typeof value === 'boolean') return marked(value ? 'ok' : 'off', text);
  return code(text);
}

/** Dates, sizes and numbers of this reader. */
export const formatsOf = ({ deps, ctx }: Reader) =>
  deps.renderer.formats(ctx.locale, ctx.site.timeZone);

/** `0,4 ms`, `12 ms`, `3,1 s`. */
export function msText({ ctx }: Pick<Reader, 'ctx'>, ms: number): string {
  const tag = ctx.locale === 'fr' ? 'fr-FR' : 'en-GB';
  const number = (value: number, digits: number): string =>
    new Intl.NumberFormat(tag, { maximumFractionDigits: digits }).format(value);
  if (ms >= 1_000) return `${number(ms / 1_000, 1)}\u00a0s`;
  return `${number(ms, ms < 10 ? 1 : 0)}\u00a0ms`;
}

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** `3 h 12 min`: two units at most. */
export function durationText({ ctx }: Pick<Reader, 'ctx'>, seconds: number): string {
  const { t } = ctx;
  const days = Math.floor(seconds / DAY_S);
  const hours = Math.floor((seconds % DAY_S) / HOUR_S);
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S);
  if (days > 0) return t('admin.duration.days', { days, hours });
  if (hours > 0) return t('admin.duration.hours', { hours, minutes });
  if (minutes > 0) return t('admin.duration.minutes', { minutes });
  return t('admin.duration.seconds', { seconds: Math.floor(seconds) });
}

/** `22 nov. 2026, 09:10:33`: what happened is found in a log by its second. */
export function timeText({ ctx }: Pick<Reader, 'ctx'>, at: string | number): string {
  const { locale, site } = ctx;
  return new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: site.timeZone,
  }).format(new Date(at));
}

/** The program's reason: what it says in English stays a word of the program, what it stands in does not. */
export function reasonOf(
  { ctx }: Pick<Reader, 'ctx'>,
  reason: string | undefined,
): { readonly reason: string | undefined; readonly cause?: string } {
  const harm = reason === undefined ? undefined : readHarm(reason);
  if (!harm) return { reason };
  return { cause: ctx.t('admin.harmed', { count: harm.times }), reason: harm.last };
}
