import type { Denial } from '../../kernel/hook-types';
import { countTrusted, forgetTrusted, parseSectionForm, saveSection } from '../../settings';
import { formOf } from '../body';
import { setFlash } from '../flash';
import { plainShell } from '../mail-page';
import type { SettingsGroupModel, SettingsModel } from '../pages/other';
import { seeOther, sendPage, wantsJson } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';
import { groupModel, queryOf, type Refused, searchSettings } from './settings-model';
import { findPlace, ownerOf, type Place, sections } from './settings-places';

/** Names the fields that a form holds, where it is not the whole section. */
const FIELD = '_field';
/** The field whose own value is given up for the site's. */
const RESET = '_reset';

async function showSection(call: OpenCall): Promise<void> {
  await sectionPage(call, await findPlace(call, param(call.req, 'section')));
}

const sectionPage = (call: OpenCall, place: Place, refused?: Refused): Promise<void> =>
  settingsPage(call, { current: groupModel(place, call.ctx.t, refused), refused });

async function settingsPage(
  call: OpenCall,
  {
    current,
    refused,
    ...search
  }: {
    readonly current: SettingsGroupModel;
    readonly refused?: Refused | undefined;
    readonly query?: string;
    readonly found?: readonly SettingsGroupModel[];
  },
): Promise<void> {
  const { deps, actor, req, res, ctx } = call;
  const problems = refused?.problems ?? [];
  const model: SettingsModel = {
    sections: sections(call).map(({ id, labelKey }) => ({
      id,
      label: ctx.t(labelKey),
      href: `/settings/${id}`,
      isCurrent: id === current.id,
    })),
    query: search.query ?? '',
    current,
    found: search.found,
    errors: problems,
    trusted: current.id === 'reading' ? await countTrusted(deps.settings, actor.user.id) : 0,
  };
  await sendPage(deps, req, res, {
    view: 'settings',
    status: problems.length > 0 ? 422 : 200,
    model,
    // The menu of sections stands where the folders are elsewhere.
    shell: plainShell(call, { title: current.label, area: 'settings' }),
    facts: { section: { id: current.id } },
  });
}

/** `/settings?q=…`: the settings themselves, to be changed where they are found. */
async function search(call: OpenCall): Promise<void> {
  const query = queryOf(call.req.query['q']);
  if (query === '') {
    seeOther(call.res, '/settings/display');
    return;
  }
  const found = await searchSettings(call, query);
  const count = found.reduce((sum, { fields }) => sum + fields.length, 0);
  const label = call.ctx.t('settings.search.found', { count });
  await settingsPage(call, {
    current: { id: '', label, action: '/settings', fields: [] },
    query,
    found,
  });
}

async function postSection(call: OpenCall): Promise<void> {
  const { ctx, req } = call;
  const whole = await findPlace(call, param(req, 'section'));
  const posted = formOf(req.body);
  const form = Object.fromEntries([...posted].map(([name, values]) => [name, values[0] ?? '']));
  const reset = form[RESET];
  const named = reset === undefined ? posted.get(FIELD) : [reset];
  const section = {
    ...whole.section,
    fields: whole.section.fields.filter(({ key }) => named === undefined || named.includes(key)),
  };
  const fields = new Set(section.fields.map(({ key }) => key));
  const place = { ...whole, section };
  if (reset !== undefined) {
    const free = section.fields.filter(({ key }) => !whole.locked.includes(key));
    const values = Object.fromEntries(free.map(({ key }) => [`${whole.prefix}${key}`, undefined]));
    await save(call, whole, { form: {}, fields: new Set() }, values);
    return;
  }
  const parsed = parseSectionForm(place.section, form, {
    prefix: place.prefix,
    locked: place.locked,
  });
  if (!parsed.ok) {
    const problems = parsed.invalid.map((field) => ({ field, text: ctx.t('settings.invalid') }));
    await refuse(call, whole, { problems, form, fields });
    return;
  }
  const before = valuesOf(place);
  // What a person leaves as it is goes on following the site.
  const values = Object.fromEntries(
    Object.entries(parsed.values).filter(([key, value]) => before[key] !== value),
  );
  await save(call, whole, { form, fields }, values);
}

const valuesOf = (place: Place): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    Object.entries(place.values).map(([key, value]) => [`${place.prefix}${key}`, value]),
  );

async function save(
  call: OpenCall,
  place: Place,
  typed: Omit<Refused, 'problems'>,
  values: Readonly<Record<string, string | boolean | undefined>>,
): Promise<void> {
  const { deps, actor, res } = call;
  const denials = await saveSection(deps, {
    scope: actor.scope,
    user: ownerOf(actor),
    owner: place.scope,
    section: place.section.id,
    before: valuesOf(place),
    values,
  });
  if (denials.length > 0) {
    await refuse(call, place, { ...typed, problems: denials.map((one) => problemOf(call, one)) });
    return;
  }
  if (wantsJson(call.req)) {
    res.json({ text: call.ctx.t('settings.savedOne') });
    return;
  }
  setFlash(deps, res, { level: 'ok', key: 'settings.saved', values: {} });
  seeOther(res, `/settings/${place.section.id}`);
}

const problemOf = ({ ctx }: OpenCall, { field = '', message, code, values }: Denial) => ({
  field,
  text: ctx.t(message ?? (code === 'guard-failed' ? 'error.guardFailed' : 'error.denied'), {
    ...values,
  }),
});

/** Says what is wrong: as the page, or to a script beside the field that it saved. */
async function refuse(call: OpenCall, place: Place, refused: Refused): Promise<void> {
  if (!wantsJson(call.req)) {
    await sectionPage(call, place, refused);
    return;
  }
  call.res.status(422).json({ problems: refused.problems });
}

/** Remote images are asked for again, of everybody whose images are shown at once. */
async function forgetSenders({ deps, actor, res }: OpenCall): Promise<void> {
  await forgetTrusted(deps.settings, actor.user.id);
  setFlash(deps, res, { level: 'ok', key: 'trusted.done', values: {} });
  seeOther(res, '/settings/reading');
}

/** All that somebody has chosen, as a file to take along (GDPR, article 20). */
async function exportAll({ deps, actor, res }: OpenCall): Promise<void> {
  const settings = await deps.settings.exportUser(actor.user.id);
  res
    .attachment('estafette-settings.json')
    .type('json')
    .send(`${JSON.stringify({ version: 1, mail: actor.user.mail, settings }, undefined, 2)}\n`);
}

export const settingsRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/settings', access: 'open', handle: search },
  { method: 'get', path: '/settings/export.json', access: 'open', handle: exportAll },
  { method: 'get', path: '/settings/:section', access: 'open', handle: showSection },
  { method: 'post', path: '/settings/:section', access: 'open', handle: postSection },
  {
    method: 'post',
    path: '/settings/reading/forget-senders',
    access: 'open',
    handle: forgetSenders,
  },
];
