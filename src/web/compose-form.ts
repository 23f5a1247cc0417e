import type { Request } from 'express';
import { AppError } from '../base/errors';
import {
  type Draft,
  type DraftFields,
  type DraftInit,
  type SaveResult,
  withSignature,
} from '../compose';
import { field } from './body';
import { pathsToContentIds } from './compose-images';
import { initFromForm } from './compose-init';
import { wantsJson } from './reply';
import { type OpenCall, param } from './route';

const DRAFT_ID = /^[A-Za-z0-9_-]{16,64}$/;

export type Form = ReadonlyMap<string, readonly string[]>;

/** The draft that a path names; throws `draft/not-found`. */
export const draftParam = (req: Request): string => {
  const value = param(req, 'draft');
  if (!DRAFT_ID.test(value)) throw new AppError('draft/not-found');
  return value;
};

/**
 * Fields of the form; those that a script may leave out keep the draft's value. Without `format`,
 * as a form of the contract alone has it, the words that were posted say what it is: what the
 * draft started from, or quotes, must never be sent in their place.
 */
export function fieldsOf(form: Form, draft: Draft): DraftFields {
  const value = (name: 'to' | 'cc' | 'bcc' | 'subject' | 'text' | 'identity'): string =>
    form.has(name) ? field(form, name) : draft[name];
  return {
    identity: value('identity'),
    to: value('to'),
    cc: value('cc'),
    bcc: value('bcc'),
    subject: value('subject'),
    format: formatOf(form, draft),
    text: value('text').replaceAll('\r\n', '\n'),
    html: form.has('html') ? pathsToContentIds(field(form, 'html'), draft) : draft.html,
    ...wishesOf(form, draft),
  };
}

type Wishes = Pick<DraftFields, 'priority' | 'receipt' | 'report' | 'language'>;

/** A box that is not ticked is not posted: `wishes` says that the form has them. */
function wishesOf(form: Form, draft: Draft): Wishes {
  if (!form.has('wishes')) {
    const { priority, receipt, report, language } = draft;
    return { priority, receipt, report, language };
  }
  const asked = field(form, 'priority');
  return {
    priority: asked === 'high' || asked === 'low' ? asked : undefined,
    receipt: field(form, 'receipt') === '1',
    report: field(form, 'report') === '1',
    language: field(form, 'language') || undefined,
  };
}

function formatOf(form: Form, draft: Draft): DraftFields['format'] {
  const asked = field(form, 'format');
  if (asked === 'plain' || asked === 'html') return asked;
  if (field(form, 'html').trim() !== '') return 'html';
  return form.has('text') ? 'plain' : draft.format;
}

/** The draft of the path, made from the form's hidden fields when this is its first POST. */
export async function ensureDraft(
  { deps, actor, req }: OpenCall,
  form: Form,
): Promise<{ readonly draft: Draft; readonly init: DraftInit }> {
  const init = initFromForm(form);
  return { draft: await deps.compose.ensure(actor, draftParam(req), init), init };
}

/**
 * Saves what a form says of `draft`, as it was when the request came: read again, it may have been
 * sent by another click meanwhile, and say nothing of the fields that this form leaves out. The
 * result may be another draft: the one that took this tab's text after a conflict.
 */
export async function saveForm(
  call: OpenCall,
  form: Form,
  draft: Draft,
  { toServer }: { readonly toServer: boolean },
): Promise<SaveResult> {
  const fields = await withOwnSignature(call, draft, fieldsOf(form, draft));
  return saveFields(call, form, draft, { fields, toServer });
}

/** Another identity was chosen without scripts, which would have changed the signature with it. */
async function withOwnSignature(
  { deps, actor, req }: OpenCall,
  draft: Draft,
  fields: DraftFields,
): Promise<DraftFields> {
  if (wantsJson(req) || fields.identity === draft.identity) return fields;
  const identities = await deps.compose.identities(actor);
  const of = (asked: string) => identities.find(({ id }) => id === asked);
  const [before, after] = [of(draft.identity), of(fields.identity)];
  return before && after ? { ...fields, ...withSignature(fields, before, after) } : fields;
}

/** The same with fields that are not the form's own, on the revision that the form started from. */
export async function saveFields(
  { deps, actor }: OpenCall,
  form: Form,
  draft: Draft,
  { fields, toServer }: { readonly fields: DraftFields; readonly toServer: boolean },
): Promise<SaveResult> {
  const base = Number(field(form, 'revision'));
  return deps.compose.save(actor, draft.id, fields, {
    baseRevision: Number.isInteger(base) && base > 0 ? base : draft.revision,
    toServer,
  });
}

/**
 * Without script the whole form is sent with the file or its removal: what was typed is saved
 * first, and the draft that then has it is the one to act on.
 */
export async function keepFields(call: OpenCall, form: Form): Promise<SaveResult> {
  const { draft } = await ensureDraft(call, form);
  if (!form.has('text') && !form.has('to')) {
    return { draft, conflictWith: undefined, savedOnServer: true };
  }
  return saveForm(call, form, draft, { toServer: false });
}
