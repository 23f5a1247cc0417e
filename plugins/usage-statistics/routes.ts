import type { PluginRequest, PluginResponse, PluginRouter } from 'estafette/plugin';
import { lastDays } from './calendar';
import { today, type UsageConfig } from './config';
import type { Counter } from './counter';
import { listDays } from './days';
import { csvOf, reportOf } from './report';

const SPANS = [7, 30, 90, 365];
const DEFAULT_SPAN = 30;

const spanOf = ({ query }: PluginRequest): number =>
  SPANS.find((span) => String(span) === query['days']) ?? DEFAULT_SPAN;

/** The page of administrators; `counterOf` gives what this process has not written yet. */
export const routesWith =
  (counterOf: (context: object) => Counter | undefined) =>
  (router: PluginRouter<UsageConfig>): void => {
    router.get(
      '/',
      async (request, context): Promise<PluginResponse> => {
        const { site, locale } = request;
        const { smallest, keepDays } = context.config(request);
        await counterOf(context)?.write();
        const span = spanOf(request);
        const days = lastDays(today(context, request), span);
        const known = await listDays(context.db, { site, from: days[0] ?? '' });
        const report = reportOf(days, known, smallest);
        const csv = csvOf(report);
        return {
          view: 'page',
          title: context.text(locale)('usage-statistics:title'),
          model: {
            report,
            smallest,
            keepDays,
            spans: SPANS.map((one) => ({
              days: one,
              href: `${context.url('')}?days=${one}`,
              isCurrent: one === span,
            })),
            file: {
              name: `usage-${site}-${days.at(-1) ?? ''}.csv`,
              href: `data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`,
            },
          },
        };
      },
      { permission: 'admin.access' },
    );
  };
