import { AppError } from '../base/errors';
import { escapeHtml } from '../base/html';
import { parseAddressList } from '../mime';
import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf } from './context';
import { findIdentity, listIdentities } from './identities';
import { filledText } from './own/template-fields';
import { storedTemplate, templateNames } from './own/template-store';
import type { DraftFields } from './types';

/** A text to start a message from. */
export interface ComposeTemplate {
  /** `own:id` of the agent's, else `plugin:id`. */
  readonly id: string;
  readonly name: string;
}

interface Content {
  readonly subject: string;
  readonly text: string;
  /** `''`: made of the text. */
  readonly html: string;
}

const OWN = 'own:';

/** The agent's own texts, then those that plugins offer to them. */
export async function listTemplates(
  context: ComposeContext,
  actor: Actor,
): Promise<readonly ComposeTemplate[]> {
  const own = await templateNames(context.db.knex, ownerOf(actor));
  const found = await offered(context, actor);
  return [
    ...own.map(({ id, name }) => ({ id: `${OWN}${id}`, name })),
    ...found.map(({ id, name }) => ({ id, name })),
  ];
}

async function offered(context: ComposeContext, actor: Actor) {
  const query = { user: actor.user.id, locale: actor.locale };
  const found = await context.hooks.collect(actor.scope, 'compose:templates', query);
  return found.map(({ plugin, item }) => ({ ...item, id: `${plugin}:${item.id}` }));
}

async function contentOf(
  context: ComposeContext,
  actor: Actor,
  id: string,
): Promise<Content | undefined> {
  if (id.startsWith(OWN)) {
    return storedTemplate(context.db.knex, ownerOf(actor), id.slice(OWN.length));
  }
  const found = (await offered(context, actor)).find((one) => one.id === id);
  return found && { subject: '', text: found.body, html: '' };
}

const linesOf = (text: string): string =>
  text
    .split('\n')
    .map((line) => `<div>${line === '' ? '<br>' : escapeHtml(line)}</div>`)
    .join('');

/**
 * The fields with a template before what is written, its `{{fields}}` filled by the message as it is
 * now; throws `request/not-found` for an unknown one.
 */
export async function withTemplate(
  context: ComposeContext,
  actor: Actor,
  fields: DraftFields,
  id: string,
): Promise<DraftFields> {
  const template = await contentOf(context, actor, id);
  if (!template) throw new AppError('request/not-found', { details: { template: id } });
  const identities = await listIdentities(context, actor);
  const values = {
    recipient: parseAddressList(fields.to).addresses[0],
    sender: findIdentity(identities, fields.identity)?.name ?? actor.user.name,
    date: new Intl.DateTimeFormat(actor.locale, {
      dateStyle: 'long',
      timeZone: actor.site.timeZone,
    }).format(context.clock.now()),
    subject: fields.subject,
  };
  const { subject, text, html } = template;
  const start = filledText(text, values);
  const rich =
    html === '' ? linesOf(start) : filledText(html, values, (value) => escapeHtml(value));
  return {
    ...fields,
    subject: fields.subject.trim() === '' ? filledText(subject, values) : fields.subject,
    ...(fields.format === 'html'
      ? { html: `${rich}${fields.html}` }
      : { text: `${start}\n${fields.text}` }),
  };
}
