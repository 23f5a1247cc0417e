import { announce } from './announce.js';
import { plainText } from './editor-html.js';

const squash = (text) => text.replace(/\s+/g, '');

/** Where a quote begins in a plain text: at the line that says who wrote, above the first `>`. */
function quoteStart(text) {
  const first = /^>/m.exec(text)?.index;
  if (first === undefined) return undefined;
  const above = text.slice(0, first).trimEnd();
  return above.lastIndexOf('\n') + 1;
}

/**
 * A plain text with another signature; undefined when the former was written into. Without a former
 * one, the new one goes where the agent has theirs: above what is quoted, or below everything.
 */
export function switchedText(text, before, after, isAbove) {
  if (before !== '') {
    const at = text.indexOf(before);
    return at < 0 ? undefined : text.slice(0, at) + after + text.slice(at + before.length);
  }
  const at = isAbove ? quoteStart(text) : undefined;
  if (at === undefined) return text.trimEnd() + after;
  return `${text.slice(0, at).trimEnd()}${after}\n\n${text.slice(at)}`;
}

/** Blocks of the editor, one after the other, that read as `text` and nothing more. */
function blocksOf(body, text) {
  const wanted = squash(text);
  const blocks = [...body.children];
  for (let start = blocks.length - 1; start >= 0; start -= 1) {
    let read = '';
    for (let end = start; end < blocks.length && read.length < wanted.length; end += 1) {
      read += squash(plainText(blocks[end]));
      if (read !== '' && read === wanted) return blocks.slice(start, end + 1);
    }
  }
  return undefined;
}

/** The same in the editor's own blocks; false when the former signature was written into. */
export function switchBlocks(body, { before, after, isAbove }) {
  const fresh = document.importNode(after, true);
  if (squash(before.textContent) !== '') {
    const blocks = blocksOf(body, plainText(before));
    if (!blocks) return false;
    blocks[0].before(fresh);
    for (const block of blocks) block.remove();
    return true;
  }
  const quote = isAbove ? body.querySelector(':scope > blockquote') : null;
  const line = quote?.previousElementSibling;
  if (quote) (line && plainText(line).trim() !== '' ? line : quote).before(fresh);
  else body.append(fresh);
  return true;
}

/** The signature follows the identity that is chosen, unless somebody has written into it. */
export function followIdentity(draft, form) {
  const select = form.elements['identity'];
  const templateOf = (id) =>
    [...form.querySelectorAll('template[data-signature]')].find(
      (one) => one.dataset.signature === id,
    );
  let shown = select.value;
  select.addEventListener('change', () => {
    const [before, after] = [templateOf(shown), templateOf(select.value)];
    shown = select.value;
    if (!before || !after || before.innerHTML === after.innerHTML) return;
    const isAbove = draft.dataset.quotePosition === 'bottom';
    const isDone = draft.querySelector('est-editor').switchSignature({ before, after, isAbove });
    announce(isDone ? draft.dataset.textSignature : draft.dataset.textSignatureKept);
  });
}
