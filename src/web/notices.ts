import type { PageReader } from '../view';
import type { RequestContext, WebDeps } from './context';
import type { Banner } from './pages/shell';
import type { viewContext } from './reply';

/** Scope of the settings that remember which notices were seen, by `<plugin>.<id>`. */
const SEEN = 'notice';
const MAX_NOTICES = 10;

/** What plugins have to say to this person above the page; those of once a day on its first page only. */
export async function noticeBanners(
  deps: WebDeps,
  ctx: RequestContext,
  { scope, timeZone }: ReturnType<typeof viewContext>,
  user: PageReader,
): Promise<readonly Banner[]> {
  const { site, locale, actor } = ctx;
  const query = { site: site.id, locale, user };
  const entries = await deps.hooks.collect(scope, 'notice:entries', query);
  if (entries.length === 0 || !actor) return [];
  const now = deps.clock.now();
  const today = new Intl.DateTimeFormat('en-CA', { timeZone }).format(now);
  const isDaily = entries.some(({ item }) => item.oncePerDay);
  const seen = isDaily ? await deps.settings.read(actor.user.id, SEEN) : {};
  const shown = entries
    .map(({ plugin, item }) => ({ ...item, key: `${plugin}.${item.id}` }))
    .filter(({ until }) => until === undefined || Date.parse(until) > now)
    .filter(({ oncePerDay, key }) => !oncePerDay || seen[key] !== today)
    .slice(0, MAX_NOTICES);
  const told = shown.filter(({ oncePerDay }) => oncePerDay).map(({ key }) => [key, today] as const);
  if (told.length > 0) {
    // A notice told twice is better than a page that cannot be shown.
    await deps.settings
      .write(actor.user.id, SEEN, Object.fromEntries(told))
      .catch((err: unknown) => {
        deps.log.warn({ err, requestId: ctx.id }, 'notice/not-remembered');
      });
  }
  return shown.map(({ level, text, href }) => ({
    level,
    text,
    ...(href !== undefined && { actions: [{ label: ctx.t('app.findOutMore'), href }] }),
  }));
}
