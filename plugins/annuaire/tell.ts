import type { PersonRef } from 'estafette/plugin';
import type { Context } from './ask';

/** What the audit log has, and the text that tells the person of it. */
const EVENTS = {
  'own-changed': 'annuaire:audit.own-changed',
  'own-photo-changed': 'annuaire:audit.own-photo-changed',
  'own-photo-removed': 'annuaire:audit.own-photo-removed',
  exported: 'annuaire:audit.exported',
} as const;

/** Writes what somebody did: names of attributes and figures, never a value. */
export const tell = (
  context: Context,
  as: PersonRef,
  event: keyof typeof EVENTS,
  details: Readonly<Record<string, string | number>>,
): Promise<void> => context.audit({ event, as, details });
