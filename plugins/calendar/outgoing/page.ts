import type { Desk } from '../pages/common';
import type { Opened } from '../pages/opened';
import { peopleIn } from '../people/attendees';
import { isOrganisedHere, organisersOf } from '../people/page';
import type { Telling } from '../store';
import type { Tables } from '../store/tables';
import { sendWaiting } from './mail';
import { type OutgoingRow, unsentOf } from './table';

/** Whether those who are asked to an event are told: by the form, unless it was not one that asks. */
export function tellingOf(
  desk: Pick<Desk, 'person' | 'request'>,
  { stored, calendar, at }: Pick<Opened, 'stored' | 'calendar' | 'at'>,
  note = '',
): Telling | undefined {
  const organisers = organisersOf(desk, calendar);
  const people = peopleIn(stored.text, at);
  if (people.attendees.length > 0 && !isOrganisedHere(people, organisers)) return undefined;
  const { body } = desk.request;
  return { organisers, note, isSilent: body['people'] === 'yes' && body['tells'] !== 'yes' };
}

/** Mails what was just written down, as the person who is there. */
export async function mailWaiting(
  { context, person, request }: Desk,
  telling: Telling | undefined,
): Promise<void> {
  if (!telling || telling.isSilent || !person.as) return;
  await sendWaiting(context, { ...person, as: person.as }, request.locale);
}

const TEXTS: Readonly<Record<OutgoingRow['state'], string>> = {
  waiting: 'calendar:people.out.waiting',
  sending: 'calendar:people.out.sending',
  sent: '',
  draft: 'calendar:people.out.draft',
  failed: 'calendar:people.out.failed',
  unknown: 'calendar:people.out.unknown',
};

/** What of the invitations of an event has not left, in words. */
export async function unsentLines(
  { context, person, t }: Pick<Desk, 'context' | 'person' | 't'>,
  uid: string,
) {
  const table: Tables = (name) => context.db.table(name);
  const rows = await unsentOf(table, person, uid);
  return rows.map(({ state, recipients, draft }) => {
    const to = (JSON.parse(recipients) as { mail: string; name: string }[]).map(({ mail, name }) =>
      name === '' ? mail : name,
    );
    return {
      text: t(TEXTS[state], {
        names: [...to.slice(0, 3), ...(to.length > 3 ? ['…'] : [])].join(', '),
      }),
      tone: state === 'sending' ? 'ok' : 'warn',
      // Drafts are pages of the platform: nothing else leads anywhere.
      draft: draft.startsWith('/') && !draft.startsWith('//') ? draft : '',
      canRetry: state === 'failed' || state === 'waiting',
    };
  });
}
