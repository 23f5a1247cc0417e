import { type PluginState, wholeProblem } from '../../../host/report';
import { formatIssue } from '../../../kernel/config';
import type { HealthCheck } from '../../health-status';
import type { AttentionItem } from '../../pages/admin';
import type { AdminCall } from './access';
import type { JobLine } from './deps';
import { dependencyOf } from './health-rows';
import { reportsFor } from './plugin-rows';
import { adviceFor, isStopped, msText, pluginTitle, reasonOf, timeText } from './words';

const ORDER = { danger: 0, warn: 1, info: 2 } as const;

/** What needs an administrator, the worst first. */
export function attentionOf(
  call: AdminCall,
  found: { readonly checks: readonly HealthCheck[]; readonly jobs: readonly JobLine[] },
): readonly AttentionItem[] {
  return [
    ...downItems(call, found.checks),
    ...pluginItems(call),
    ...faultItems(call),
    ...jobItems(call, found.jobs),
    ...(call.isPlatform
      ? [...supervisedItems(call), ...processItems(call), ...warningItems(call)]
      : []),
  ].sort((a, b) => ORDER[a.level] - ORDER[b.level]);
}

function downItems(call: AdminCall, checks: readonly HealthCheck[]): readonly AttentionItem[] {
  const { t } = call.ctx;
  return checks
    .filter(({ ok }) => !ok)
    .map((check) => {
      const { site, name } = dependencyOf(call, check.id);
      const isDatabase = /^database(?:-write)?$/.test(check.id);
      return {
        level: 'danger',
        title:
          site === ''
            ? t('admin.attention.down', { name })
            : t('admin.attention.downOn', { name, site }),
        reason: check.detail,
        advice: t(isDatabase ? 'admin.advice.database' : 'admin.advice.dependency'),
        href: '/admin/health',
      };
    });
}

/** Out of service against what somebody wanted; one that is on nowhere is as it should be. */
const IS_OUT: ReadonlySet<PluginState> = new Set<PluginState>(['quarantined', 'refused', 'failed']);

function pluginItems(call: AdminCall): readonly AttentionItem[] {
  const { t } = call.ctx;
  return reportsFor(call).flatMap((report): AttentionItem[] => {
    const name = pluginTitle(call, report.id);
    const href = `/admin/plugins/${report.id}`;
    const advice = adviceFor(call, report);
    if (advice !== undefined && IS_OUT.has(report.state)) {
      const title = t(`admin.attention.${report.state}`, { name });
      return [{ level: 'danger', title, ...reasonOf(call, report.reason), advice, href }];
    }
    const incomplete = wholeProblem(report);
    if (advice !== undefined && incomplete) {
      const title = t('admin.attention.degraded', { name });
      return [{ level: 'warn', title, reason: incomplete.text, advice, href }];
    }
    if (isStopped(call, report.id)) {
      const title = t('admin.attention.killed', { name });
      return [{ level: 'info', title, reason: undefined, advice: t('admin.advice.killed'), href }];
    }
    return openBreakers(call, report.id);
  });
}

function openBreakers(call: AdminCall, id: string): AttentionItem[] {
  const { t } = call.ctx;
  const open = [...call.deps.hooks.isolator.breakers(id)]
    .filter(([, state]) => state !== 'closed')
    .map(([hook]) => hook);
  if (open.length === 0) return [];
  const title = t('admin.attention.breaker', { name: pluginTitle(call, id) });
  const href = `/admin/plugins/${id}`;
  return [
    { level: 'warn', title, reason: open.join(', '), advice: t('admin.advice.breaker'), href },
  ];
}

function faultItems(call: AdminCall): readonly AttentionItem[] {
  const { t } = call.ctx;
  return call.sites.flatMap((site) =>
    call.deps.admin.enabling.faults(site.id).map((fault) => ({
      level: 'warn',
      title: t('admin.attention.fault', {
        name: pluginTitle(call, fault.plugin),
        site: site.title,
      }),
      reason: formatIssue(fault),
      advice: t('admin.advice.fault'),
      href: `/admin/plugins/${fault.plugin}`,
    })),
  );
}

function jobItems(call: AdminCall, jobs: readonly JobLine[]): readonly AttentionItem[] {
  const { t } = call.ctx;
  return jobs
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'timeout')
    .map(({ id }) => ({
      level: 'warn',
      title: t('admin.attention.job', { name: id }),
      reason: undefined,
      advice: t('admin.advice.job'),
      href: '/admin/jobs',
    }));
}

const DAY_MS = 86_400_000;

/** What the supervisor went through, which every process knows. */
function supervisedItems(call: AdminCall): readonly AttentionItem[] {
  const { t } = call.ctx;
  const { restarts = [], refusedReload } = call.deps.admin.process() ?? {};
  const since = call.deps.clock.now() - DAY_MS;
  const recent = restarts.filter(({ at }) => Date.parse(at) >= since);
  const last = recent.at(-1);
  const replaced: AttentionItem[] = last
    ? [
        {
          level: 'warn',
          title: t('admin.attention.replaced', { count: recent.length }),
          reason: last.why,
          advice: t('admin.advice.replaced'),
          href: '/admin/health',
        },
      ]
    : [];
  if (refusedReload === undefined) return replaced;
  const refused: AttentionItem = {
    level: 'danger',
    title: t('admin.attention.reloadRefused', { when: timeText(call, refusedReload) }),
    reason: undefined,
    advice: t('admin.advice.reloadRefused'),
    href: undefined,
  };
  return [refused, ...replaced];
}

function processItems(call: AdminCall): readonly AttentionItem[] {
  const { t } = call.ctx;
  const facts = call.deps.admin.process();
  const leaks = (facts?.leaks ?? []).map(
    ({ plugin, mb }): AttentionItem => ({
      level: 'danger',
      title: t('admin.attention.leak', { name: pluginTitle(call, plugin), mb: Math.round(mb) }),
      reason: undefined,
      advice: t('admin.advice.leak'),
      href: `/admin/plugins/${plugin}`,
    }),
  );
  const plugins = [...new Set((facts?.suspended ?? []).map(({ plugin }) => plugin))];
  const suspended = plugins.map((plugin): AttentionItem => {
    const count = facts?.suspended.filter((one) => one.plugin === plugin).length ?? 0;
    return {
      level: 'warn',
      title: t('admin.attention.suspended', { name: pluginTitle(call, plugin), count }),
      reason: undefined,
      advice: t('admin.advice.suspended'),
      href: `/admin/plugins/${plugin}`,
    };
  });
  const last = facts?.incidents.at(-1);
  if (!last) return [...leaks, ...suspended];
  const held: AttentionItem = {
    level: 'warn',
    title: t('admin.attention.blocked', { duration: msText(call, last.ms) }),
    reason: [last.plugin, last.hook].filter(Boolean).join(' ') || undefined,
    advice: t('admin.advice.blocked'),
    href: last.plugin === undefined ? '/admin/health' : `/admin/plugins/${last.plugin}`,
  };
  return [...leaks, ...suspended, held];
}

function warningItems(call: AdminCall): readonly AttentionItem[] {
  const { t } = call.ctx;
  const { warnings } = call.deps.admin.boot();
  if (warnings.length === 0) return [];
  return [
    {
      level: 'warn',
      title: t('admin.attention.warnings', { count: warnings.length }),
      reason: warnings[0],
      advice: t('admin.advice.warnings'),
      href: '/admin/boot',
    },
  ];
}
