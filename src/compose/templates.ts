import { AppError } from '../base/errors';
import { escapeHtml } from '../base/html';
import type { Actor } from '../session/types';
import type { ComposeContext } from './context';
import type { DraftFields } from './types';

/** A text to start a message from. */
export interface ComposeTemplate {
  /** `plugin:id`. */
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

/** Texts that plugins offer to this person, in their order. */
export async function listTemplates(
  context: ComposeContext,
  actor: Actor,
): Promise<readonly ComposeTemplate[]> {
  const query = { user: actor.user.id, locale: actor.locale };
  const found = await context.hooks.collect(actor.scope, 'compose:templates', query);
  return found.map(({ plugin, item }) => ({ ...item, id: `${plugin}:${item.id}` }));
}

/** The fields with a template before what is written; throws `request/not-found` for an unknown one. */
export async function withTemplate(
  context: ComposeContext,
  actor: Actor,
  fields: DraftFields,
  id: string,
): Promise<DraftFields> {
  const template = (await listTemplates(context, actor)).find((one) => one.id === id);
  if (!template) throw new AppError('request/not-found', { details: { template: id } });
  const { body } = template;
  const paragraphs = body
    .split('\n')
    .map((line) => `<div>${line === '' ? '<br>' : escapeHtml(line)}</div>`);
  return fields.format === 'html'
    ? { ...fields, html: `${paragraphs.join('')}${fields.html}` }
    : { ...fields, text: `${body}\n${fields.text}` };
}
