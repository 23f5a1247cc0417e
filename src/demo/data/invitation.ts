import type { Person } from './people';

export interface Invitation {
  readonly uid: string;
  readonly title: string;
  readonly place: string;
  readonly description: string;
  readonly start: Date;
  readonly minutes: number;
  readonly organiser: Person;
  readonly guests: readonly Person[];
  readonly method: 'REQUEST' | 'CANCEL';
  /** Every week until this many times. */
  readonly weeks?: number;
}

const escapeText = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/\n/g, '\\n');

const stamp = (date: Date): string => date.toISOString().replace(/[-:]|\.\d{3}/g, '');

/** Lines of at most 75 bytes (RFC 5545 3.1), cut between characters. */
function foldLine(line: string): string {
  let folded = '';
  let bytes = 0;
  for (const char of line) {
    const size = Buffer.byteLength(char);
    if (bytes + size > 74) {
      folded += '\r\n ';
      bytes = 1;
    }
    folded += char;
    bytes += size;
  }
  return folded;
}

/** An iTIP invitation (RFC 5546), times in UTC. */
export function calendarText(invitation: Invitation, sent: Date): string {
  const end = new Date(invitation.start.getTime() + invitation.minutes * 60_000);
  const cn = ({ name }: Person): string => `CN="${name.replaceAll('"', '')}"`;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Demonstration//FR',
    `METHOD:${invitation.method}`,
    'BEGIN:VEVENT',
    `UID:${invitation.uid}`,
    `DTSTAMP:${stamp(sent)}`,
    `DTSTART:${stamp(invitation.start)}`,
    `DTEND:${stamp(end)}`,
    `SUMMARY:${escapeText(invitation.title)}`,
    `LOCATION:${escapeText(invitation.place)}`,
    `DESCRIPTION:${escapeText(invitation.description)}`,
    `ORGANIZER;${cn(invitation.organiser)}:mailto:${invitation.organiser.mail}`,
    ...invitation.guests.map(
      (guest) => `ATTENDEE;${cn(guest)};PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${guest.mail}`,
    ),
    ...(invitation.weeks ? [`RRULE:FREQ=WEEKLY;COUNT=${invitation.weeks}`] : []),
    `SEQUENCE:${invitation.method === 'CANCEL' ? 1 : 0}`,
    `STATUS:${invitation.method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(foldLine).join('\r\n')}\r\n`;
}

/** The sentence shown by programs that know nothing of calendars. */
export const invitationText = (invitation: Invitation): string =>
  `${invitation.title}\n\nLieu : ${invitation.place}\nOrganisation : ${invitation.organiser.name}\n\n${invitation.description}`;
