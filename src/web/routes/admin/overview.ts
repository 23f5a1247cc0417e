import type { AdminOverviewModel, AdminSection } from '../../pages/admin';
import type { AdminCall, AdminRoute } from './access';
import { attentionOf } from './attention';
import { cell, fact } from './cells';
import { checksFor, healthTable } from './health-rows';
import { jobsFor } from './jobs';
import { sendAdmin } from './page';
import { reportsFor } from './plugin-rows';
import { durationText, formatsOf, timeText } from './words';

const MS = 1_000;

async function showOverview(call: AdminCall): Promise<void> {
  const { ctx } = call;
  const [checks, jobs, people] = await Promise.all([
    checksFor(call),
    jobsFor(call),
    peopleOf(call),
  ]);
  const model: Omit<AdminOverviewModel, 'frame'> = {
    attention: attentionOf(call, { checks, jobs }),
    figures: figuresOf(call, people),
    sections: [
      {
        id: 'state',
        title: ctx.t('admin.overview.dependencies'),
        table: healthTable(call, checks),
      },
      ...installation(call),
    ],
  };
  await sendAdmin(call, {
    place: 'overview',
    view: 'admin/overview',
    intro: ctx.t('admin.overview.intro'),
    model: { ...model },
  });
}

/** Known users and open sessions of the sites that the administrator sees. */
export async function peopleOf({ deps, sites, isPlatform }: AdminCall) {
  const only = isPlatform ? undefined : sites[0]?.id;
  const [users, sessions] = await Promise.all([
    deps.admin.countUsers(),
    deps.admin.openSessions(only),
  ]);
  const sum = (numbers: Iterable<number>): number =>
    [...numbers].reduce((total, count) => total + count, 0);
  return {
    users: sum(sites.map(({ id }) => users.get(id) ?? 0)),
    signedIn: sessions.size,
    sessions: sum(sessions.values()),
  };
}

function figuresOf(
  call: AdminCall,
  people: Awaited<ReturnType<typeof peopleOf>>,
): AdminOverviewModel['figures'] {
  const { t } = call.ctx;
  const { number } = formatsOf(call);
  const reports = reportsFor(call);
  const active = reports.filter(({ state }) => state === 'active').length;
  return [
    {
      label: t('admin.figure.sessions'),
      value: number(people.sessions),
      note: t('admin.figure.signedIn', { count: people.signedIn }),
      href: '/admin/sites',
    },
    {
      label: t('admin.figure.users'),
      value: number(people.users),
      note: t('admin.figure.usersNote'),
      href: '/admin/sites',
    },
    {
      label: t('admin.figure.sites'),
      value: number(call.sites.length),
      note: undefined,
      href: '/admin/sites',
    },
    {
      label: t('admin.figure.plugins'),
      value: number(active),
      note: t('admin.figure.installed', { count: reports.length }),
      href: '/admin/plugins',
    },
  ];
}

function installation(call: AdminCall): readonly AdminSection[] {
  const { deps, ctx } = call;
  const { t } = ctx;
  const { number } = formatsOf(call);
  const { startedAt, version, mode } = deps.admin;
  const running = deps.admin.process();
  return [
    {
      id: 'installation',
      title: t('admin.overview.installation'),
      facts: [
        fact(t('admin.fact.version'), cell(version)),
        fact(
          t('admin.fact.started'),
          cell(timeText(call, startedAt), durationText(call, (deps.clock.now() - startedAt) / MS)),
        ),
        fact(
          t('admin.fact.mode'),
          cell(t(mode === 'production' ? 'admin.mode.production' : 'admin.mode.development')),
        ),
        ...(call.isPlatform && running
          ? [
              fact(
                t('admin.fact.memory'),
                cell(
                  t('admin.fact.megabytes', { mb: number(running.process.rssMb) }),
                  t('admin.fact.heap', { mb: number(running.process.heapMb) }),
                ),
              ),
              fact(t('admin.fact.process'), cell(String(running.process.pid))),
            ]
          : []),
      ],
    },
  ];
}

export const overviewRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin', handle: showOverview },
];
