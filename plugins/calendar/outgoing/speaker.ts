import { componentsOf, parseCalendar } from '../ics/jcal';
import { peopleOf } from '../people/attendees';

/**
 * In whose name a message is, of the addresses of who writes it: the one that is asked in an answer,
 * the one that organises otherwise; the first of them where the message names none.
 */
export function speakerOf(
  { method, text }: { readonly method: string; readonly text: string },
  own: readonly string[],
): string | undefined {
  const part = componentsOf(parseCalendar(text), 'vevent')[0];
  if (!part) return own[0];
  const { organiser, attendees } = peopleOf(part);
  const asked = attendees.map(({ mail }) => mail);
  const isAnswer = method === 'REPLY' || method === 'COUNTER' || method === 'REFRESH';
  const named = [...(isAnswer ? asked : []), organiser?.mail ?? '', ...asked];
  return named.find((mail) => own.includes(mail)) ?? own[0];
}
