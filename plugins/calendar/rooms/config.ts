import { z } from 'estafette/plugin';

/** Rooms and things of a site that are booked by being asked to an event. */
export const roomsConfig = z
  .array(
    z.strictObject({
      id: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
        .describe('Never changed: what is booked is kept under it.'),
      title: z.string().min(1).max(100),
      mail: z
        .email()
        .transform((mail) => mail.toLowerCase())
        .describe('By which it is asked; nothing is ever mailed to it.'),
      building: z.string().max(100).default(''),
      capacity: z.number().int().min(0).max(10_000).default(0).describe('0: of no matter.'),
      kind: z.enum(['room', 'vehicle', 'equipment']).default('room'),
      features: z.array(z.string().min(1).max(50)).max(20).default([]),
    }),
  )
  .max(1_000)
  .refine((rooms) => new Set(rooms.map(({ id }) => id)).size === rooms.length, 'an id twice')
  .refine((rooms) => new Set(rooms.map(({ mail }) => mail)).size === rooms.length, 'a mail twice')
  .default([])
  .describe('Rooms, vehicles and equipment of the site, which answer by themselves.');

export type Room = z.infer<typeof roomsConfig>[number];
