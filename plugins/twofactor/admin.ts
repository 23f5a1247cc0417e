import type { PluginResponse, TextKey } from 'estafette/plugin';
import { page, type Visit } from './answers';
import { forgetLearned } from './countdown';
import { methodsOf, removeAll } from './factors';
import { hasAny, type Owner, type Table } from './owner';
import { findPerson, searchPerson } from './people';
import { askReset, decideReset, openResets } from './resets';
import { audit, tellOwner } from './tell';

const NOTE_MIN = 10;
const NOTE_MAX = 500;

interface Form {
  readonly fault?: { readonly field: 'person' | 'note' | 'decision'; readonly text: string };
  readonly values?: { readonly person: string; readonly note: string };
}

/** Requests that wait, and the form to make one: administrators with the permission alone. */
export async function showAdmin(visit: Visit, form: Form = {}): Promise<PluginResponse> {
  const { request, context, person } = visit;
  const open = await openResets(context, request.site);
  const resets = await Promise.all(
    open.map(async (reset) => {
      const owner = { site: request.site, user: reset.user };
      const whose = await findPerson(context.db, owner);
      return {
        id: reset.id,
        name: whose?.name ?? '',
        login: whose?.login ?? '',
        methods: await methodsOf(context.db, owner),
        note: reset.note,
        askedName: reset.askedName,
        askedAt: reset.askedAt,
        expiresAt: reset.expiresAt,
        isOwn: reset.askedBy === person.id,
        mayGrant: reset.askedBy !== person.id && reset.user !== person.id,
      };
    }),
  );
  return page(
    visit,
    'admin',
    'twofactor:admin.title',
    {
      resets,
      noteMax: NOTE_MAX,
      at: {
        ask: context.url('admin/ask'),
        decide: context.url('admin/decide'),
      },
      values: form.values ?? { person: '', note: '' },
      fault: form.fault,
    },
    { status: form.fault ? 422 : 200 },
  );
}

/** The first of four eyes: who, and why; nothing is changed yet. */
export async function ask(visit: Visit): Promise<PluginResponse> {
  const { request, context, person, t } = visit;
  const { person: named = '', note: typed = '' } = request.body;
  const note = typed
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, NOTE_MAX);
  const values = { person: named.slice(0, 320), note };
  const faultAt = (field: 'person' | 'note', key: TextKey) =>
    showAdmin(visit, { fault: { field, text: t(key) }, values });
  const found = await searchPerson(context.db, request.site, values.person);
  if (!found) return faultAt('person', 'twofactor:admin.unknown');
  if (found.user === person.id) return faultAt('person', 'twofactor:admin.self');
  const owner = { site: request.site, user: found.user };
  if (!(await hasAny(context.db, owner))) return faultAt('person', 'twofactor:admin.none');
  if (note.length < NOTE_MIN) return faultAt('note', 'twofactor:admin.noteShort');
  const outcome = await askReset(context, owner, { note, by: person });
  if (outcome === 'again') return faultAt('person', 'twofactor:admin.again');
  await audit(context, request, 'reset-asked', {
    user: found.user,
    details: { note: note.slice(0, 256) },
  });
  await tellOwner(context, owner, 'reset-asked', { by: person.name });
  return { redirect: context.url('admin') };
}

/** The second: another administrator grants or refuses, who asked takes it back. */
export async function decide(visit: Visit): Promise<PluginResponse> {
  const { request, context, person, t } = visit;
  const outcome = request.body['outcome'] === 'granted' ? 'granted' : 'refused';
  const id = request.body['id'] ?? '';
  const decided = await decideReset(context, request.site, {
    id,
    outcome,
    by: person,
    carryOut: (table, owner) => carryOut(visit, table, owner),
  });
  if (decided.kind === 'own') {
    const text = t('twofactor:admin.four');
    return showAdmin(visit, { fault: { field: 'decision', text } });
  }
  if (decided.kind === 'gone') return { redirect: context.url('admin') };
  const { reset, sessions } = decided;
  const owner = { site: request.site, user: reset.user };
  const details = { asked: await loginOf(visit, reset.askedBy) };
  if (outcome === 'refused') {
    await audit(context, request, 'reset-refused', { user: reset.user, details });
    return { redirect: context.url('admin') };
  }
  forgetLearned(context, owner);
  await audit(context, request, 'reset', { user: reset.user, details: { ...details, sessions } });
  await tellOwner(context, owner, 'reset', { by: person.name });
  return { redirect: context.url('admin') };
}

/** As the log names people; one who was erased meanwhile is a number. */
async function loginOf({ request, context }: Visit, user: number): Promise<string> {
  const person = await findPerson(context.db, { site: request.site, user });
  return person?.login ?? `user-${user}`;
}

/**
 * All of it or nothing, in the transaction of the decision: a failure leaves the request waiting.
 * Who gives a factor meanwhile writes that it was used, so waits for the end, and has none any more.
 */
async function carryOut({ context }: Visit, table: Table, owner: Owner): Promise<number> {
  await removeAll({ table }, owner);
  // What somebody else may have opened by the lost telephone.
  return context.endSessions(owner.user);
}
