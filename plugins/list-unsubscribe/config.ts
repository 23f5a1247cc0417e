import { z } from 'estafette/plugin';

/** What a site may say under `plugins.list-unsubscribe`. */
export const unsubscribeConfig = z.strictObject({
  authservIds: z
    .array(z.string().trim().toLowerCase().min(1).max(253))
    .max(20)
    .default([])
    .describe('Names that the servers of the site sign `Authentication-Results` with.'),
  requireDkim: z
    .boolean()
    .default(true)
    .describe('One click only for headers that a valid signature covers (RFC 8058).'),
  perHour: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('Requests of a person in an hour.'),
  keepDays: z
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(365)
    .describe('Days that the date of a request is kept.'),
});

export type UnsubscribeConfig = z.infer<typeof unsubscribeConfig>;
