/** Everywhere that an agent can go, by a few letters: the palette of the pages, and its own page. */
import { formatAddress } from '../../mime';
import { withQuery } from '../links';
import { mailFrame, plainShell } from '../mail-page';
import { offlineOf } from '../offline/account';
import { sendPage, wantsJson } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { sections } from '../routes/settings-places';
import { buildShell } from '../shell';
import { type Command, mailboxCommands, matching, pageCommands } from './find';

const MAX_QUERY_CHARS = 100;
const MAX_FOUND = 60;
const MAX_PEOPLE = 6;
const MIN_PERSON_CHARS = 2;

async function show(call: OpenCall): Promise<void> {
  const { deps, ctx, req, res } = call;
  const asked = typeof req.query['q'] === 'string' ? req.query['q'] : '';
  const query = asked.slice(0, MAX_QUERY_CHARS).trim();
  const found = [
    ...matching(await allOf(call), query).slice(0, MAX_FOUND),
    ...(await people(call, query)),
  ];
  if (wantsJson(req)) {
    res.json({ items: found });
    return;
  }
  await sendPage(deps, req, res, {
    view: 'commands',
    model: {
      query,
      items: found,
      searchHref: query === '' ? undefined : withQuery('/search', { q: query }),
    },
    shell: plainShell(call, { title: ctx.t('commands.title'), area: 'settings' }),
  });
}

async function allOf(call: OpenCall): Promise<readonly Command[]> {
  const { deps, ctx, req } = call;
  const { folders } = await mailFrame(call, undefined);
  const { taskbar } = await buildShell(deps, req, { title: '', area: 'settings' });
  return [
    ...mailboxCommands(folders.roots),
    ...(folders.searches ?? []).map(
      ({ label, href }): Command => ({ group: 'search', label, hint: '', icon: 'search', href }),
    ),
    ...pageCommands(
      {
        taskbar,
        sections: sections(call),
        isOfflineAllowed: offlineOf(ctx.site).allowed,
      },
      ctx.t,
    ),
  ];
}

/** Somebody to write to, as the fields of addresses suggest them. */
async function people({ deps, actor }: OpenCall, query: string): Promise<readonly Command[]> {
  if (query.length < MIN_PERSON_CHARS) return [];
  const found = await deps.compose.suggest(actor, query, 'to');
  return found
    .filter(({ mail }) => mail !== '')
    .slice(0, MAX_PEOPLE)
    .map(({ name, mail }) => ({
      group: 'person',
      label: name === '' ? mail : name,
      hint: mail,
      icon: 'pen',
      href: withQuery('/compose', { to: formatAddress({ name, mail }) }),
    }));
}

export const commandRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/commands', access: 'open', handle: show },
];
