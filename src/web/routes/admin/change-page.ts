import { isDeepStrictEqual } from 'node:util';
import type { ChangeRefusal, ChangeRequest, Impact, PluginExplanation } from '../../../enabling';
import type { AdminChangeModel, AdminFact } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, fact } from './cells';
import { pluginOf } from './change-links';
import { becauseText } from './explained';
import { type FactorOff, factorOff } from './factor-off';
import { lastChange } from './last-change';
import { sendAdmin } from './page';
import { valueField } from './values';
import { formatsOf, isStopped, pluginTitle, valueCell } from './words';

/** A refusal of the domain, or a change that was replaced since. */
export type Refusal = Omit<ChangeRefusal, 'reason'> & {
  readonly reason: ChangeRefusal['reason'] | 'superseded';
};

/** A change that is not made yet. */
export interface Preview {
  readonly request: ChangeRequest;
  readonly refusal?: Refusal;
  /** Somebody changed the same thing since the page was shown. */
  readonly isLate?: boolean;
  /** The value as typed, to be corrected. */
  readonly typed?: string;
  readonly back: string;
  readonly confirm: {
    readonly action: string;
    readonly fields: readonly { readonly name: string; readonly value: string }[];
  };
  readonly isRollback?: boolean;
}

/** The page between wanting and doing: before, after, who is touched. */
export async function previewPage(call: AdminCall, preview: Preview): Promise<void> {
  const { t } = call.ctx;
  const { request, isLate } = preview;
  const refusal = preview.refusal ?? refusalOf(call, request);
  const found = refusal ? undefined : await effectOf(call, request);
  const isIdle = found !== undefined && changesNothing(request, found);
  const isStop = request.site === '*' && request.value === false;
  const model: Omit<AdminChangeModel, 'frame'> = {
    refusal: refusal
      ? refusalModel(call, refusal)
      : isLate
        ? { text: t('admin.change.late'), facts: [], isLate: true }
        : undefined,
    retry: refusal?.field === 'value' ? retryModel(call, preview) : undefined,
    subject: subjectFacts(call, request),
    before: found && valueCell(call, request.path, found.before.value),
    after: found && valueCell(call, request.path, found.after.value),
    impact: found && impactModel(call, found.impact),
    notes: found
      ? [...(isIdle ? [t('admin.change.nothing')] : []), ...notesOf(call, request, found)]
      : [],
    confirm:
      found && !isIdle
        ? {
            action: preview.confirm.action,
            fields: [...preview.confirm.fields, ...(await seenFields(call, preview))],
            label: t(
              preview.isRollback
                ? 'admin.change.confirmRollback'
                : isStop
                  ? 'admin.change.confirmStop'
                  : 'admin.change.confirm',
            ),
            isDanger: isStop || found.off !== undefined,
          }
        : undefined,
    back: preview.back,
  };
  await sendAdmin(call, {
    place: preview.isRollback ? 'history' : 'configuration',
    view: 'admin/change',
    heading: headingOf(call, preview),
    status: refusal ? 422 : isLate ? 409 : 200,
    model: { ...model },
  });
}

/** What the page was made from; a rollback names the change that it takes back. */
async function seenFields(call: AdminCall, { request, isRollback }: Preview) {
  return isRollback ? [] : [{ name: 'seen', value: await lastChange(call, request) }];
}

function headingOf(call: AdminCall, { request, isRollback }: Preview): string {
  const { t } = call.ctx;
  if (isRollback) return t('admin.change.rollbackTitle');
  if (request.site === '*') {
    const name = pluginTitle(call, pluginOf(request.path));
    return t(request.value === false ? 'admin.change.stopTitle' : 'admin.change.releaseTitle', {
      name,
    });
  }
  return t('admin.change.title');
}

function refusalOf({ deps }: AdminCall, request: ChangeRequest): Refusal | undefined {
  const checked = deps.admin.enabling.check(request);
  return checked.ok ? undefined : checked.error;
}

interface Effect {
  readonly before: PluginExplanation;
  readonly after: PluginExplanation;
  readonly impact: Impact;
  /** The kill switch is on, and stronger than what a site says. */
  readonly isHeld: boolean;
  readonly off: FactorOff | undefined;
}

/** For the site or the group that the change speaks of; the reader's own site stands for all. */
async function effectOf(call: AdminCall, request: ChangeRequest): Promise<Effect> {
  const { enabling, sites } = call.deps.admin;
  const site = sites.find(({ id }) => id === request.site)?.id ?? call.ctx.site.id;
  const groups = request.group === undefined ? [] : [request.group];
  const [{ before, after }, impact, off] = await Promise.all([
    enabling.preview(request, { site, groups }),
    enabling.impactOf(request),
    factorOff(call, request),
  ]);
  const isHeld = request.site !== '*' && isStopped(call, pluginOf(request.path));
  return { before, after, impact, isHeld, off };
}

function subjectFacts(call: AdminCall, { site, group, path }: ChangeRequest): readonly AdminFact[] {
  const { t } = call.ctx;
  const found = call.deps.admin.sites.find(({ id }) => id === site);
  const where = site === '*' ? t('admin.everySite') : (found?.title ?? site);
  const members = found?.groups.find(({ id }) => id === group)?.title ?? group;
  return [
    fact(t('admin.column.plugin'), cell(pluginTitle(call, pluginOf(path)))),
    fact(t('admin.column.path'), code(path)),
    fact(t('admin.column.site'), cell(where)),
    // The kill switch knows no groups.
    ...(site === '*'
      ? []
      : [fact(t('admin.column.group'), cell(members ?? t('admin.configuration.wholeSite')))]),
  ];
}

/**
 * The value is what it would become, for everybody. Taking back what was said does something even
 * so, and so does what only waits for a plugin to run; what `*` says is about more than one site.
 */
function changesNothing(
  { site, value }: ChangeRequest,
  { before, after, impact, isHeld }: Effect,
): boolean {
  const isSilent = impact.affected + impact.goOff.length + impact.comeOn.length === 0;
  const isWaiting = after.because !== undefined || isHeld;
  if (site === '*' || value === undefined || isWaiting) return false;
  return isSilent && isDeepStrictEqual(before.value, after.value);
}

/** What the change does beside what was asked, and why it may do nothing. */
function notesOf(call: AdminCall, request: ChangeRequest, effect: Effect): string[] {
  const { after, impact, isHeld, off } = effect;
  const { t } = call.ctx;
  const names = (ids: readonly string[]): string =>
    ids.map((id) => pluginTitle(call, id)).join(', ');
  const { goOff, comeOn } = impact;
  return [
    ...(off ? [t('admin.change.factorOff', { count: off.people })] : []),
    ...(goOff.length === 0 ? [] : [t('admin.change.goOff', { plugins: names(goOff) })]),
    ...(comeOn.length === 0 ? [] : [t('admin.change.comeOn', { plugins: names(comeOn) })]),
    ...(isUnloaded(call, request) ? [t('admin.advice.not-loaded')] : []),
    ...(isHeld ? [t('admin.change.held')] : []),
    ...[becauseText(call, after)].filter((text) => text !== undefined),
  ];
}

/** What is turned off waits for nothing. */
function isUnloaded({ deps }: AdminCall, { path, value }: ChangeRequest): boolean {
  if (value === false) return false;
  const report = deps
    .host()
    .state()
    .find(({ id }) => id === pluginOf(path));
  return report?.state === 'not-loaded';
}

function impactModel(call: AdminCall, impact: Impact): AdminChangeModel['impact'] {
  const { t } = call.ctx;
  const { number } = formatsOf(call);
  return {
    sentence: t('admin.change.affected', {
      count: impact.affected,
      shown: number(impact.affected),
      users: number(impact.users),
    }),
    sessions: t('admin.change.sessions', {
      count: impact.openSessions,
      shown: number(impact.openSessions),
    }),
    examples: impact.examples,
    isNobody: impact.affected === 0,
  };
}

function retryModel(
  call: AdminCall,
  { request, typed, confirm }: Preview,
): AdminChangeModel['retry'] {
  if (typed === undefined) return undefined;
  return {
    action: confirm.action,
    fields: confirm.fields.filter(({ name }) => name !== 'value'),
    field: valueField(call, request.path, request.value, typed),
  };
}

/** Field, expected, found; and where, when a file decides. */
function refusalModel(
  call: AdminCall,
  { reason, field, path, expected, found, file, line }: Refusal,
): AdminChangeModel['refusal'] {
  const { t } = call.ctx;
  return {
    text: t(`admin.refusal.${reason}`),
    isLate: false,
    facts: [
      fact(t('admin.column.field'), cell(t(`admin.field.${field}`)), code(path)),
      fact(t('admin.column.expected'), code(expected)),
      fact(t('admin.column.found'), code(found)),
      ...(file === undefined
        ? []
        : [fact(t('admin.column.where'), code(line === undefined ? file : `${file}:${line}`))]),
    ],
  };
}
