/**
 * iTIP messages as mail clients and servers write them: their properties, parameters, order, zones and
 * ways of naming an occurrence. The people and the meetings are made up.
 */

export const CLIENTS = ['outlook', 'google', 'thunderbird', 'apple', 'open-xchange'] as const;
export type Client = (typeof CLIENTS)[number];

/** What a message is about: something that takes place once, a series, one occurrence of a series. */
export const SHAPES = ['once', 'series', 'occurrence'] as const;
export type Shape = (typeof SHAPES)[number];

export interface Written {
  readonly method: string;
  readonly shape: Shape;
  readonly sequence?: number;
  /** UTC, as in DTSTAMP. */
  readonly stamp?: string;
  /** Hours of Paris. */
  readonly start?: string;
  readonly end?: string;
  readonly title?: string;
  readonly place?: string;
  readonly organiser?: readonly [mail: string, name: string];
  readonly attendees?: readonly (readonly [mail: string, name: string, partstat: string])[];
  readonly comment?: string;
  readonly status?: string;
  readonly more?: readonly string[];
}

export const MAIRE = ['camille@mairie.example', 'Camille Durand'] as const;
export const AGENT = ['alex@agence.example', 'Alex Martin'] as const;

/** Mondays from the 23rd of November 2026; the occurrence is the third of them. */
export const OCCURRENCE = '20261207T090000';
const RULE = 'FREQ=WEEKLY;COUNT=5;BYDAY=MO';

const UIDS: Readonly<Record<Client, string>> = {
  outlook:
    '040000008200E00074C5B7101A82E00800000000A0B1C2D3E4F5DA01000000000000000010000000ABCDEF01',
  google: '3k2m1n0abcdefghijk4l5m6n7o@google.example',
  thunderbird: 'b1b9c3d2-1111-4222-8333-944445555666',
  apple: '7F0C1A2B-3D4E-4F50-8A6B-7C8D9E0F1A2B',
  'open-xchange': 'c0ffee00-aaaa-4bbb-8ccc-dddddddddddd',
};

export const uidOf = (client: Client): string => UIDS[client];

const HEADS: Readonly<Record<Client, readonly string[]>> = {
  outlook: ['PRODID:Microsoft Exchange Server 2010', 'VERSION:2.0'],
  google: [
    'PRODID:-//Google Inc//Google Calendar 70.9054//EN',
    'VERSION:2.0',
    'CALSCALE:GREGORIAN',
  ],
  thunderbird: ['PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN', 'VERSION:2.0'],
  apple: ['CALSCALE:GREGORIAN', 'PRODID:-//Apple Inc.//macOS 14.5//EN', 'VERSION:2.0'],
  'open-xchange': ['PRODID:-//Open-Xchange//8.20.0//EN', 'VERSION:2.0', 'CALSCALE:GREGORIAN'],
};

const observances = (start: string, more: readonly string[] = []): readonly string[] =>
  [
    ['STANDARD', '+0200', '+0100', '10'],
    ['DAYLIGHT', '+0100', '+0200', '3'],
  ].flatMap(([kind = '', from = '', to = '', month = '']) => [
    `BEGIN:${kind}`,
    ...(more.length > 0 ? [kind === 'STANDARD' ? 'TZNAME:CET' : 'TZNAME:CEST'] : []),
    `DTSTART:${start}T0${kind === 'STANDARD' ? 3 : 2}0000`,
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    `RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=${month}`,
    `END:${kind}`,
  ]);

/** Exchange names zones as Windows does; Open-Xchange sends some messages without a definition. */
const ZONES: Readonly<Record<Client, readonly string[]>> = {
  outlook: [
    'BEGIN:VTIMEZONE',
    'TZID:Romance Standard Time',
    ...observances('16010101'),
    'END:VTIMEZONE',
  ],
  google: [
    'BEGIN:VTIMEZONE',
    'TZID:Europe/Paris',
    'X-LIC-LOCATION:Europe/Paris',
    ...observances('19700329', ['TZNAME']),
    'END:VTIMEZONE',
  ],
  thunderbird: [
    'BEGIN:VTIMEZONE',
    'TZID:Europe/Paris',
    'X-TZINFO:Europe/Paris[2024a/Partial@9223372036854775807]',
    ...observances('19701025', ['TZNAME']),
    'END:VTIMEZONE',
  ],
  apple: [
    'BEGIN:VTIMEZONE',
    'TZID:Europe/Paris',
    ...observances('19961027', ['TZNAME']),
    'END:VTIMEZONE',
  ],
  'open-xchange': [],
};

const TZID: Readonly<Record<Client, string>> = {
  outlook: 'Romance Standard Time',
  google: 'Europe/Paris',
  thunderbird: 'Europe/Paris',
  apple: 'Europe/Paris',
  'open-xchange': 'Europe/Paris',
};

function person(
  client: Client,
  name: 'ORGANIZER' | 'ATTENDEE',
  [mail, cn, partstat = '']: readonly string[],
  method: string,
): string {
  if (name === 'ORGANIZER') {
    const params = client === 'apple' ? `;CN="${cn}";EMAIL=${mail}` : `;CN=${cn}`;
    return `ORGANIZER${params}:mailto:${mail}`;
  }
  const rsvp = method === 'REQUEST' && partstat === 'NEEDS-ACTION' ? ';RSVP=TRUE' : '';
  switch (client) {
    case 'outlook':
      return method === 'REQUEST'
        ? `ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=${partstat};RSVP=TRUE;CN=${cn}:mailto:${mail}`
        : `ATTENDEE;PARTSTAT=${partstat};CN=${cn}:mailto:${mail}`;
    case 'google':
      return `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${partstat}${rsvp};CN=${mail};X-NUM-GUESTS=0:mailto:${mail}`;
    case 'thunderbird':
      return `ATTENDEE${rsvp};CN=${cn};PARTSTAT=${partstat};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:${mail}`;
    case 'apple':
      return `ATTENDEE;CN="${cn}";CUTYPE=INDIVIDUAL;EMAIL="${mail}";PARTSTAT=${partstat}${rsvp};ROLE=REQ-PARTICIPANT:MAILTO:${mail}`;
    case 'open-xchange':
      return `ATTENDEE;CN="${cn}";PARTSTAT=${partstat}${rsvp};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;EMAIL=${mail}:mailto:${mail}`;
  }
}

/** How each names the occurrence: in its zone, or in UTC. */
const recurrenceId = (client: Client): string =>
  client === 'google' || client === 'open-xchange'
    ? 'RECURRENCE-ID:20261207T080000Z'
    : `RECURRENCE-ID;TZID=${TZID[client]}:${OCCURRENCE}`;

const OWN: Readonly<Record<Client, readonly string[]>> = {
  outlook: [
    'CLASS:PUBLIC',
    'PRIORITY:5',
    'TRANSP:OPAQUE',
    'X-MICROSOFT-CDO-APPT-SEQUENCE:0',
    'X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE',
    'X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY',
    'X-MICROSOFT-CDO-ALLDAYEVENT:FALSE',
    'X-MICROSOFT-DISALLOW-COUNTER:FALSE',
    'BEGIN:VALARM',
    'DESCRIPTION:REMINDER',
    'TRIGGER;RELATED=START:-PT15M',
    'ACTION:DISPLAY',
    'END:VALARM',
  ],
  google: ['CREATED:20261101T090000Z', 'LAST-MODIFIED:20261101T090000Z', 'TRANSP:OPAQUE'],
  thunderbird: ['CREATED:20261101T090000Z', 'X-MOZ-GENERATION:1', 'TRANSP:OPAQUE'],
  apple: [
    'TRANSP:OPAQUE',
    'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC',
    'CREATED:20261101T090000Z',
  ],
  'open-xchange': ['CLASS:PUBLIC', 'TRANSP:OPAQUE', 'X-MICROSOFT-CDO-BUSYSTATUS:BUSY'],
};

/** A message. */
export function messageOf(client: Client, written: Written): string {
  const { method, shape, sequence = 0, stamp = '20261102T080000Z', title = 'Comité' } = written;
  const day = shape === 'occurrence' ? '20261207' : '20261123';
  const time = (name: string, hour: string): string => {
    const at = hour.length > 6 ? hour : `${day}T${hour}`;
    // Google writes what takes place once in UTC.
    if (client === 'google' && shape === 'once') {
      const utc = String(Number(at.slice(9, 11)) - 1).padStart(2, '0');
      return `${name}:${at.slice(0, 9)}${utc}${at.slice(11)}Z`;
    }
    return `${name};TZID=${TZID[client]}:${at}`;
  };
  const language = client === 'outlook' ? ';LANGUAGE=fr-FR' : '';
  const {
    organiser = MAIRE,
    attendees = [[...AGENT, 'NEEDS-ACTION']],
    place = 'Salle A',
  } = written;
  const lines = [
    'BEGIN:VCALENDAR',
    `METHOD:${method}`,
    ...HEADS[client],
    ...ZONES[client],
    'BEGIN:VEVENT',
    person(client, 'ORGANIZER', organiser, method),
    ...attendees.map((one) => person(client, 'ATTENDEE', one, method)),
    ...(written.comment === undefined ? [] : [`COMMENT${language}:${written.comment}`]),
    ...(shape === 'series' ? [`RRULE:${RULE}`] : []),
    `UID:${UIDS[client]}`,
    ...(shape === 'occurrence' ? [recurrenceId(client)] : []),
    `SUMMARY${language}:${title}`,
    time('DTSTART', written.start ?? '090000'),
    time('DTEND', written.end ?? '100000'),
    `DTSTAMP:${stamp}`,
    `LOCATION${language}:${place}`,
    `STATUS:${written.status ?? (method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED')}`,
    `SEQUENCE:${sequence}`,
    ...(written.more ?? []),
    ...OWN[client],
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ];
  return lines.map(folded).join('\r\n');
}

/** 75 octets a line (RFC 5545 §3.1). */
function folded(line: string): string {
  const pieces: string[] = [];
  let piece = '';
  for (const sign of line) {
    if (Buffer.byteLength(piece + sign) > 74) {
      pieces.push(piece);
      piece = ' ';
    }
    piece += sign;
  }
  return [...pieces, piece].join('\r\n');
}
