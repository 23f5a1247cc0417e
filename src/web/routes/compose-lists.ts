import type { DraftFields } from '../../compose';
import type { Address } from '../../mail/types';
import { formatAddress, parseAddressList } from '../../mime';
import { field, formOf } from '../body';
import { ensureDraft, type Form, fieldsOf, saveFields, saveForm } from '../compose-form';
import { setFlash } from '../flash';
import { seeOther } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { backToDraft, composePage } from './compose';

const MAX_QUERY_CHARS = 100;
const FIELDS = ['to', 'cc', 'bcc'] as const;

type Field = (typeof FIELDS)[number];

const fieldIn = (form: Form): Field =>
  FIELDS.find((name) => name === field(form, 'list-field')) ?? 'to';

/**
 * Lists and groups without scripts: looked for by name, then put among the recipients, by their
 * members (`list`) or by their own address (`list-address`).
 */
async function lists(call: OpenCall): Promise<void> {
  const form = formOf(call.req.body);
  const list = field(form, 'list');
  if (list !== '') {
    const { members, isCut } = await call.deps.compose.expand(call.actor, list);
    return addRecipients(call, form, members, isCut);
  }
  const { addresses } = parseAddressList(field(form, 'list-address'));
  if (addresses.length > 0) return addRecipients(call, form, addresses.slice(0, 1), false);
  return findLists(call, form);
}

async function findLists(call: OpenCall, form: Form): Promise<void> {
  const query = field(form, 'list-q').trim().slice(0, MAX_QUERY_CHARS);
  const { draft } = await ensureDraft(call, form);
  const saved = await saveForm(call, form, draft, { toServer: false });
  if (saved.conflictWith !== undefined) return backToDraft(call, saved);
  const found =
    query === '' ? [] : await call.deps.compose.suggest(call.actor, query, 'to', { only: 'lists' });
  await composePage(
    call,
    saved.draft,
    { mode: 'new' },
    { lists: { query, field: fieldIn(form), found } },
  );
}

/** Puts people into a field, those left out who are in one already, and says how many came. */
async function addRecipients(
  call: OpenCall,
  form: Form,
  people: readonly Address[],
  isCut: boolean,
): Promise<void> {
  const { draft } = await ensureDraft(call, form);
  const fields = fieldsOf(form, draft);
  const fresh = withoutKnown(people, fields);
  const name = fieldIn(form);
  const before = fields[name].trim().replace(/[,;\s]+$/, '');
  const after = [...(before === '' ? [] : [before]), ...fresh.map(formatAddress)].join(', ');
  const saved = await saveFields(call, form, draft, {
    fields: { ...fields, [name]: after },
    toServer: false,
  });
  if (saved.conflictWith === undefined) {
    setFlash(call.deps, call.res, {
      level: isCut ? 'warn' : 'ok',
      key: isCut ? 'compose.lists.addedCut' : 'compose.lists.added',
      values: { count: fresh.length },
    });
    return seeOther(call.res, `/compose/${saved.draft.id}`);
  }
  return backToDraft(call, saved);
}

function withoutKnown(people: readonly Address[], fields: DraftFields): readonly Address[] {
  const known = new Set(
    FIELDS.flatMap((name) => parseAddressList(fields[name]).addresses).map(({ mail }) =>
      mail.toLowerCase(),
    ),
  );
  return people.filter(({ mail }) => !known.has(mail.toLowerCase()));
}

export const composeListRoutes: readonly RouteSpec[] = [
  { method: 'post', path: '/compose/:draft/lists', access: 'open', handle: lists },
];
