import { escapeHtml } from '../../base/html';
import type { Translate } from '../../kernel/i18n-types';
import { type CardFactName, type CardFacts, contactFacts, eventFacts } from '../../mime';
import type { FileStart } from './preview-file';

/** Lines of a text: more are in the file, and would cost the browser its patience. */
const MAX_LINES = 20_000;

/** The framed document of a text, a card or an event: all escaped, nothing leads anywhere. */
export function previewHtml({ kind, text, isCut }: FileStart, t: Translate): string {
  const cards =
    kind === 'card' ? contactFacts(text) : kind === 'calendar' ? eventFacts(text) : undefined;
  if (cards && cards.length > 0)
    return `<div class="plain">${cards.map((one) => card(one, t)).join('')}</div>`;
  const lines = text.split(/\r\n?|\n/, MAX_LINES + 1);
  const shown = escapeHtml(lines.slice(0, MAX_LINES).join('\n'));
  const isLong = isCut || lines.length > MAX_LINES;
  const note = isLong ? `<p><strong>${escapeHtml(t('preview.cut'))}</strong></p>` : '';
  return `<div class="plain">${note}<pre>${shown}</pre></div>`;
}

function card({ title, facts }: CardFacts, t: Translate): string {
  const rows = facts
    .map(
      ({ name, value }) => `<dt>${escapeHtml(factWord(name, t))}</dt><dd>${escapeHtml(value)}</dd>`,
    )
    .join('');
  return `<h2>${escapeHtml(title === '' ? t('preview.untitled') : title)}</h2><dl>${rows}</dl>`;
}

function factWord(name: CardFactName, t: Translate): string {
  switch (name) {
    case 'mail':
      return t('preview.fact.mail');
    case 'phone':
      return t('preview.fact.phone');
    case 'organisation':
      return t('preview.fact.organisation');
    case 'role':
      return t('preview.fact.role');
    case 'address':
      return t('preview.fact.address');
    case 'page':
      return t('preview.fact.page');
    case 'birthday':
      return t('preview.fact.birthday');
    case 'start':
      return t('preview.fact.start');
    case 'end':
      return t('preview.fact.end');
    case 'place':
      return t('preview.fact.place');
    case 'organiser':
      return t('preview.fact.organiser');
    case 'attendee':
      return t('preview.fact.attendee');
    case 'repeats':
      return t('preview.fact.repeats');
    case 'state':
      return t('preview.fact.state');
    default:
      return t('preview.fact.note');
  }
}
