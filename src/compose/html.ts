import type { PlainText, RenderedBody } from '../mime';
import type { ComposeContext } from './context';
import type { ComposeMode } from './types';

// A person writes this; what takes longer was pasted to take longer.
const TASK_MS = 5_000;

export interface CleanHtml {
  readonly html: string;
  /** Content ids of the inline images that it shows. */
  readonly usedCids: readonly string[];
}

/** What somebody wrote or chose to pass on. */
const KEEPS_REMOTE: ReadonlySet<ComposeMode> = new Set(['forward', 'edit', 'again']);

/**
 * HTML of a draft through the allow-list. Images of other servers stay in what is forwarded or
 * taken up again; a quoted tracker is not worth an answer that carries it.
 */
export async function sanitizeDraftHtml(
  context: ComposeContext,
  html: string,
  mode: ComposeMode,
): Promise<CleanHtml> {
  if (html === '') return { html: '', usedCids: [] };
  const remote = KEEPS_REMOTE.has(mode) ? 'keep' : 'block';
  const body = await context.runTask<RenderedBody>(
    'sanitizeComposed',
    { html, remote },
    { timeoutMs: TASK_MS },
  );
  return { html: body.html, usedCids: body.usedCids };
}

/** The text of a draft as plain text, whatever its format. */
export async function draftText(
  context: ComposeContext,
  draft: { readonly format: 'plain' | 'html'; readonly text: string; readonly html: string },
): Promise<string> {
  if (draft.format === 'plain' || draft.html === '') return draft.text;
  const plain = await context.runTask<PlainText>(
    'plainFromHtml',
    { html: draft.html },
    { timeoutMs: TASK_MS },
  );
  return plain.text;
}
