import type { Compose } from '../../src/compose';
import type { Gate } from '../../src/host/capabilities/gate';
import { pluginSend } from '../../src/host/capabilities/send';
import type { PluginMessage, PluginSendResult } from '../../src/host/capability-types';
import type { Actor } from '../../src/session/types';

/** An invitation as a plugin hands it over, with a file beside it. */
export const INVITATION: PluginMessage = {
  to: ['Bob <bob@culture.example>'],
  subject: 'Invitation : réunion de service',
  text: 'Réunion de service, mardi 3 mars 2026.',
  attachments: [
    { filename: 'ordre.txt', type: 'text/plain', content: Buffer.from('1. Accueil\r\n') },
  ],
  calendar: {
    method: 'REQUEST',
    text: [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//test//FR',
      'METHOD:REQUEST',
      'BEGIN:VEVENT',
      'UID:reunion-1@culture.example',
      'DTSTAMP:20260301T080000Z',
      'DTSTART:20260303T130000Z',
      'SUMMARY:Réunion de service',
      'ORGANIZER:mailto:alice@culture.example',
      'ATTENDEE;RSVP=TRUE:mailto:bob@culture.example',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  },
};

/** `context.send` of a plugin `agenda` for one person, over a compose domain alone. */
export function senderOf(compose: Compose, actor: Actor) {
  const gate: Gate = {
    plugin: 'agenda',
    need: () => undefined,
    person: async () => actor,
    onSite: (_site, value) => value,
  };
  const send = pluginSend(gate, compose);
  const as = { user: actor.user.id, session: 'here' };
  return (message: PluginMessage): Promise<PluginSendResult> => send(as, message);
}

/** Sends the invitation with a key; tells when the draft is made and when it is written. */
export function sendKeyed(
  compose: Compose,
  actor: Actor,
  key: string,
  at: (reached: string) => Promise<void> = async () => undefined,
): Promise<PluginSendResult> {
  const watched: Compose = {
    ...compose,
    async save(...args) {
      await at('made');
      const saved = await compose.save(...args);
      await at('saved');
      return saved;
    },
    async attach(...args) {
      const attached = await compose.attach(...args);
      await at('attached');
      return attached;
    },
  };
  return senderOf(watched, actor)({ ...INVITATION, key });
}
