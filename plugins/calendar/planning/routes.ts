import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type Desk, page } from '../pages/common';
import type { Tables } from '../store/tables';
import { addPeople, addressOf, changeGroup, type Member, rememberGroup } from './groups';
import { type Asked, askedOf, planningHref, planningPage, showPlanning } from './page';
import { meant, ownService } from './people';

/** `/calendar/planning`: looking changes nothing, people and groups are forms. */
export function planningRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/planning', page(showPlanning));
  router.post('/planning/people', page(addSomebody));
  router.post('/planning/group', page(changeIt));
}

const tables =
  ({ context }: Desk): Tables =>
  (name) =>
    context.db.table(name);

/** People who are typed, ticked among matches, or of one's own service. */
async function addSomebody(desk: Desk): Promise<PluginResponse> {
  const { request, t } = desk;
  const { body, lists } = request;
  const asked = await askedOf(desk, body);
  if (body['service'] === 'yes') {
    const service = await ownService(desk).catch(() => undefined);
    if (!service) return refuse(desk, asked, 'calendar:planning.noService');
    // Asked for again, it is the group that is there, with who is new.
    const there = asked.groups.find(({ title }) => title === service.title);
    return added(desk, { ...asked, group: there }, service.title, service.people);
  }
  const ticked = (lists['mail'] ?? []).slice(0, 50).flatMap((text) => {
    const mail = addressOf(text);
    return mail === undefined ? [] : [mail];
  });
  const title = asked.group?.title ?? t('calendar:planning.newGroup');
  if (ticked.length > 0) {
    const named = await Promise.all(ticked.map((mail) => meant(desk, mail)));
    return added(desk, asked, title, named.flat());
  }
  const typed = (body['who'] ?? '').slice(0, 254);
  const found = await meant(desk, typed).catch(() => []);
  if (found.length === 0) return refuse(desk, asked, 'calendar:planning.nobody', typed);
  if (found.length > 1 && addressOf(typed) === undefined)
    return planningPage(desk, asked, { status: 422, typed, matches: found });
  return added(desk, asked, title, found);
}

const refuse = (desk: Desk, asked: Asked, problem: string, typed = ''): Promise<PluginResponse> =>
  planningPage(desk, asked, { status: 422, typed, problem });

async function added(
  desk: Desk,
  asked: Asked,
  title: string,
  people: readonly Member[],
): Promise<PluginResponse> {
  const { id, isFull } = await addPeople(
    tables(desk),
    desk.person,
    { id: asked.group?.id ?? '', title },
    people,
  );
  if (id !== '') await rememberGroup(tables(desk), desk.person, id);
  return {
    redirect: planningHref(
      desk,
      { ...asked, group: undefined },
      { ...(id !== '' && { group: id }), ...(isFull && { failed: 'planning' }) },
    ),
  };
}

/** Another name, somebody out, a group away, or simply another group to look at. */
async function changeIt(desk: Desk): Promise<PluginResponse> {
  const { request, person } = desk;
  const { body } = request;
  const asked = await askedOf(desk, body);
  const { group } = asked;
  const id = body['group'] ?? '';
  if (id === '') {
    await rememberGroup(tables(desk), person, '');
    return { redirect: planningHref(desk, { ...asked, group: undefined }) };
  }
  if (!group || group.id !== id) return { status: 404 };
  const isGone = body['delete'] === 'yes';
  await changeGroup(tables(desk), person, id, {
    ...(body['without'] !== undefined && { without: body['without'] }),
    ...(body['title'] !== undefined && { title: body['title'] }),
    isGone,
  });
  await rememberGroup(tables(desk), person, isGone ? '' : id);
  return { redirect: planningHref(desk, isGone ? { ...asked, group: undefined } : asked) };
}
