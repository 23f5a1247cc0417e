import { z } from 'zod';

const MAX_CALENDAR_CHARS = 1_000_000;

/** What a mail may carry for calendars: one object, whose method is told as it is (RFC 6047 2.4). */
export const calendarShape = z
  .object({
    method: z.enum([
      'PUBLISH',
      'REQUEST',
      'REPLY',
      'ADD',
      'CANCEL',
      'REFRESH',
      'COUNTER',
      'DECLINECOUNTER',
    ]),
    text: z
      .string()
      .max(MAX_CALENDAR_CHARS)
      .regex(/^BEGIN:VCALENDAR\r?\n/i)
      .refine((text) => !text.includes('\0')),
  })
  .refine(({ method, text }) => methodOf(text) === method, { path: ['method'] });

const methodOf = (text: string): string | undefined =>
  /^METHOD:([A-Z]+)[ \t]*\r?$/im.exec(text)?.[1]?.toUpperCase();
