import type { AdminCell, AdminListModel, AdminTable } from '../../pages/admin';
import type { AdminCall, AdminRoute } from './access';
import { cell, code, DASH, marked } from './cells';
import type { JobLine } from './deps';
import { sendAdmin } from './page';
import { formatsOf, msText, timeText } from './words';

/** Periodic work; that of one site only is shown to who sees the site. */
export async function jobsFor({ deps, isPlatform, ctx }: AdminCall): Promise<readonly JobLine[]> {
  const jobs = await deps.admin.jobs();
  if (isPlatform) return jobs;
  const others = new Set<string>(deps.admin.sites.map(({ id }) => id));
  others.delete(ctx.site.id);
  // `plugin:job:site`
  return jobs.filter(({ id }) => !others.has(id.split(':')[2] ?? ''));
}

async function showJobs(call: AdminCall): Promise<void> {
  const model: Omit<AdminListModel, 'frame'> = {
    filters: undefined,
    table: jobTable(call, await jobsFor(call)),
    older: undefined,
    newest: undefined,
    download: undefined,
  };
  await sendAdmin(call, {
    place: 'jobs',
    view: 'admin/list',
    intro: call.ctx.t('admin.jobs.intro'),
    model: { ...model },
  });
}

function jobTable(call: AdminCall, jobs: readonly JobLine[]): AdminTable {
  const { t } = call.ctx;
  const { number } = formatsOf(call);
  return {
    id: 'jobs',
    caption: t('admin.jobs.caption'),
    columns: [
      { label: t('admin.column.job') },
      { label: t('admin.column.every') },
      { label: t('admin.column.lastRun') },
      { label: t('admin.column.outcome') },
      { label: t('admin.column.took'), isNumber: true },
      { label: t('admin.column.next') },
      { label: t('admin.column.runs'), isNumber: true },
      { label: t('admin.column.failures'), isNumber: true },
    ],
    rows: jobs.map((job) => [
      code(job.id),
      cell(job.every),
      job.endedAt === undefined ? cell(t('admin.jobs.never')) : cell(timeText(call, job.endedAt)),
      outcomeCell(call, job),
      job.ms === undefined ? DASH : cell(msText(call, job.ms)),
      job.dueAt === undefined ? DASH : cell(timeText(call, job.dueAt)),
      cell(number(job.runs)),
      job.failures === 0 ? cell('0') : marked('warn', number(job.failures)),
    ]),
    empty: t('admin.jobs.none'),
  };
}

function outcomeCell({ ctx }: AdminCall, job: JobLine): AdminCell {
  const { t } = ctx;
  if (job.isRunning) return marked('info', t('admin.jobs.running'));
  switch (job.outcome) {
    case undefined:
      return DASH;
    case 'done':
      return marked('ok', t('admin.jobs.done'));
    case 'aborted':
      return marked('off', t('admin.jobs.aborted'));
    default:
      return marked('danger', t(`admin.jobs.${job.outcome}`));
  }
}

export const jobRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/jobs', handle: showJobs },
];
