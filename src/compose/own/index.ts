/** What agents keep to write with: identities with their signatures, templates. Called by web and by imports. */
import { AppError } from '../../base/errors';
import type { Actor } from '../../session/types';
import { type ComposeContext, ownerOf } from '../context';
import { draftText, sanitizeDraftHtml } from '../html';
import { listAddresses } from '../identities';
import type { Identity } from '../types';
import {
  checkedIdentity,
  IDENTITY_LIMITS,
  type IdentityFields,
  identityProblem,
} from './identity-rules';
import {
  removeIdentity,
  type StoredIdentity,
  storedIdentities,
  storeIdentity,
} from './identity-store';
import {
  removeTemplate,
  type StoredTemplate,
  storedTemplates,
  storeTemplate,
  type TemplateFields,
} from './template-store';

export { IDENTITY_LIMITS, type IdentityFields, type IdentityProblem } from './identity-rules';
export type { StoredIdentity } from './identity-store';
export {
  type StoredTemplate,
  TEMPLATE_LIMITS,
  type TemplateFields,
  type TemplateProblem,
} from './template-store';

export interface OwnTexts {
  /** Identities that the agent made, those included whose address they have no more. */
  identities(actor: Actor): Promise<readonly StoredIdentity[]>;
  /** Addresses that an identity may have. */
  addresses(actor: Actor): Promise<readonly Identity[]>;
  /** Makes one, or changes that of `id`. Throws `identity/invalid`, `request/not-found`. */
  keepIdentity(actor: Actor, fields: IdentityFields, id?: string): Promise<void>;
  /** Throws `request/not-found`. */
  removeIdentity(actor: Actor, id: string): Promise<void>;
  templates(actor: Actor): Promise<readonly StoredTemplate[]>;
  /** Makes one, or changes that of `id`. Throws `template/invalid`, `request/not-found`. */
  keepTemplate(actor: Actor, fields: TemplateFields, id?: string): Promise<void>;
  /** Throws `request/not-found`. */
  removeTemplate(actor: Actor, id: string): Promise<void>;
}

export function createOwnTexts(context: ComposeContext): OwnTexts {
  const { db } = context;
  return {
    identities: (actor) => storedIdentities(db.knex, ownerOf(actor)),
    addresses: (actor) => listAddresses(context, actor),
    async keepIdentity(actor, fields, id) {
      // Before it is read: what is cut in the middle would be shorter, and pass.
      if (fields.signatureHtml.length > IDENTITY_LIMITS.signatureHtml)
        throw identityProblem('signature');
      const { html, text } = await cleanText(context, {
        html: fields.signatureHtml,
        text: fields.signature,
      });
      const given = { ...fields, signature: text.trimEnd(), signatureHtml: html };
      const checked = checkedIdentity(given, await listAddresses(context, actor));
      there(await db.transaction((on) => storeIdentity(on, ownerOf(actor), checked, id)));
    },
    async removeIdentity(actor, id) {
      there(await removeIdentity(db.knex, ownerOf(actor), id));
    },
    templates: (actor) => storedTemplates(db.knex, ownerOf(actor)),
    async keepTemplate(actor, fields, id) {
      const clean = await cleanText(context, fields);
      const given = { ...fields, ...clean };
      there(await db.transaction((on) => storeTemplate(on, ownerOf(actor), given, id)));
    },
    async removeTemplate(actor, id) {
      there(await removeTemplate(db.knex, ownerOf(actor), id));
    },
  };
}

/** Somebody else's is as unknown as one that never was. */
function there(isThere: boolean): void {
  if (!isThere) throw new AppError('request/not-found');
}

/** HTML through the allow-list of drafts, and the text that it reads as. */
async function cleanText(
  context: ComposeContext,
  given: { readonly html: string; readonly text: string },
): Promise<{ readonly html: string; readonly text: string }> {
  if (given.html.trim() === '') return { html: '', text: given.text.replaceAll('\r\n', '\n') };
  const { html } = await sanitizeDraftHtml(context, given.html, 'new');
  const text = await draftText(context, { format: 'html', text: '', html });
  return text.trim() === '' ? { html: '', text: '' } : { html, text };
}
