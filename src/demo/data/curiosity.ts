import { type Entity, type Letterhead, message } from './mime';
import { OUTSIDERS, type Person } from './people';

/** What a curiosity needs to know of the mailbox it arrives in. */
export interface Scene {
  readonly me: Person;
  readonly colleagues: readonly Person[];
  readonly assistance: Person;
  readonly date: Date;
  readonly messageId: string;
}

/** Messages that are odd on purpose, one of each in every inbox: what a webmail must survive. */
export type Curiosity = (scene: Scene) => Buffer;

/** A letter to the owner of the mailbox. */
export function letter(
  scene: Scene,
  from: Person,
  subject: string,
  content: Entity,
  more: Partial<Letterhead> = {},
): Buffer {
  const { me, date, messageId } = scene;
  return message({ from, to: [me], subject, date, messageId, ...more }, content);
}

/** One of the colleagues, always the same for a number. */
export const colleague = ({ colleagues }: Scene, index: number): Person =>
  colleagues[index % colleagues.length] ?? OUTSIDERS.mairie;
