import { AppError } from '../../base/errors';
import { escapeHtml } from '../../base/html';
import type { SiteId } from '../../base/types';
import { isPlain } from '../../kernel/config-layer';
import type { PersonRef } from '../../kernel/hook-types';
import type { Locale } from '../../kernel/i18n-types';
import type { PluginStreamAction, RenderTarget } from '../capability-types';
import type { PluginContext } from '../context-types';
import type { Gate } from './gate';

const ACTIONS: ReadonlySet<string> = new Set([
  'append',
  'prepend',
  'replace',
  'update',
  'remove',
  'before',
  'after',
]);
const ACTIONS_MAX = 20;
const HTML_MAX_CHARS = 200_000;
const VIEW = /^[a-z0-9][a-z0-9-]*(?:\/[a-z0-9][a-z0-9-]*)*$/;
const TARGET = /^[a-z][a-zA-Z0-9_-]{0,100}$/;

/** A page that somebody has open and that listens. */
export interface OpenPage {
  readonly locale: Locale;
  send(html: string): void;
}

/** What the pages do for plugins: made after the host, which the renderer needs. */
export interface PluginPages {
  /** One view without layout, in the skin of a site. */
  render(view: string, model: unknown, target: RenderTarget): Promise<string>;
  open(site: SiteId, user: number): readonly OpenPage[];
}

/** HTML of the plugin's own views, and changes of the pages that somebody has open. */
export function pluginPages(
  gate: Gate,
  pages: () => PluginPages,
): Pick<PluginContext, 'render' | 'stream'> {
  const refuse = (problem: string): AppError =>
    new AppError('internal/unexpected', { details: { plugin: gate.plugin, problem } });

  async function render(view: string, model: unknown, target: RenderTarget): Promise<string> {
    if (!VIEW.test(view)) throw refuse('not the name of a view');
    if (!isPlain(model)) throw refuse('a model is a plain object');
    const html = await pages().render(`${gate.plugin}/${view}`, model, target);
    if (html.length > HTML_MAX_CHARS) throw refuse('the view is too long');
    return html;
  }

  async function streamOf(
    { action, target, view, model = {} }: PluginStreamAction,
    where: RenderTarget,
  ): Promise<string> {
    if (!ACTIONS.has(action)) throw refuse('not an action of a stream');
    // Only its own elements: a plugin does not rewrite the page.
    if (!TARGET.test(target) || !target.startsWith(`${gate.plugin}-`)) {
      throw refuse(`the target does not start with "${gate.plugin}-"`);
    }
    const open = `<turbo-stream action="${action}" target="${escapeHtml(target)}">`;
    if (action === 'remove') return `${open}</turbo-stream>`;
    if (view === undefined) throw refuse('a view is missing');
    const html = await render(view, model, where);
    return `${open}<template>${html}</template></turbo-stream>`;
  }

  return {
    render,
    async stream(to, actions) {
      const { site, user } = await addressee(gate, to);
      if (actions.length > ACTIONS_MAX) throw refuse('too many actions');
      const open = pages().open(site, user);
      const made = new Map<Locale, string>();
      for (const locale of new Set(open.map((page) => page.locale))) {
        const parts: string[] = [];
        for (const action of actions) parts.push(await streamOf(action, { site, locale }));
        made.set(locale, parts.join('\n'));
      }
      for (const page of open) page.send(made.get(page.locale) ?? '');
      return open.length;
    },
  };
}

async function addressee(
  gate: Gate,
  to: PersonRef | { readonly site: SiteId; readonly user: number },
): Promise<{ readonly site: SiteId; readonly user: number }> {
  if (!('session' in to)) return gate.onSite(to.site, to);
  const actor = await gate.person(to);
  return { site: actor.site.id, user: actor.user.id };
}
