import { z } from 'estafette/plugin';
import { REGIONS } from './holidays/days';
import { roomsConfig } from './rooms/config';

/** What a site may say under `plugins.calendar`. */
export const calendarConfig = z.strictObject({
  maxCalendars: z.number().int().min(1).max(500).default(50).describe('Calendars of a person.'),
  maxObjects: z
    .number()
    .int()
    .min(1)
    .max(200_000)
    .default(50_000)
    .describe('Events and tasks that one calendar may hold; an event that repeats counts once.'),
  maxObjectKilobytes: z
    .number()
    .int()
    .min(16)
    .max(4_000)
    .default(1_000)
    .describe('Size of one event, its exceptions included.'),
  maxAttachmentKilobytes: z
    .number()
    .int()
    .min(0)
    .max(3_000)
    .default(500)
    .describe('Files of one event together; they are in the event, and in its invitations.'),
  maxMegabytes: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('Size of all that a person keeps: their calendars and the trash.'),
  trashDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('Days that deleted events can be restored.'),
  freeBusy: z
    .enum(['site', 'shared'])
    .default('site')
    .describe(
      'Who sees when agents are busy: everybody of the site, or those with whom a calendar is shared.',
    ),
  links: z
    .enum(['all', 'free', 'none'])
    .default('free')
    .describe(
      'What a secret address of a calendar may tell whoever has it: titles and places, when its owner is busy, or nothing.',
    ),
  booking: z
    .enum(['public', 'site', 'none'])
    .default('site')
    .describe(
      'For whom agents may open pages on which an appointment is booked: whoever has the address, agents of the site, or nobody.',
    ),
  bookingDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe(
      'Days after an appointment that the names and addresses of guests are kept beside it.',
    ),
  feeds: z
    .boolean()
    .default(true)
    .describe(
      'Whether agents subscribe to calendars by their address, on the servers that the operator lists (`origins`).',
    ),
  region: z
    .enum(REGIONS)
    .default('metropole')
    .describe('Whose public holidays count where times are proposed.'),
  meeting: z
    .strictObject({
      url: z
        .string()
        .max(500)
        .regex(/^https:\/\/[^\s{}]+\{random\}[^\s{}]*$/, 'expected https://… with {random} once')
        .refine((url) => URL.canParse(url.replace('{random}', 'x')), 'expected an address')
        .describe(
          'Where a meeting by video takes place; `{random}` is its name, which nobody guesses.',
        ),
      title: z.string().min(1).max(40).describe('What agents call the service.'),
    })
    .optional()
    .describe('Service for meetings by video of which the form of an event makes a link.'),
  rooms: roomsConfig,
  workFrom: z
    .string()
    .regex(/^\d{2}:\d{2}$/)
    .default('09:00')
    .describe('When agents begin to work, unless they say otherwise: `09:00`.'),
  workTo: z
    .string()
    .regex(/^\d{2}:\d{2}$/)
    .default('18:00')
    .describe('When they end: `18:00`.'),
});

export type CalendarConfig = z.infer<typeof calendarConfig>;
