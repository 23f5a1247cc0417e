import { plainEntity, quote, richEntity, withFile } from '../data/compose';
import { CONVERSATIONS } from '../data/conversations';
import { type Entity, message } from '../data/mime';
import { colleaguesOf, OUTSIDERS, type Person } from '../data/people';
import { createRandom, type Random } from '../data/random';
import { createVocabulary, fill } from '../data/vocabulary';
import type { MaildirMessage } from './maildir';

const YEARS = 6;
const YEAR_MS = 365 * 86_400_000;
const BATCH = 500; // then other work of the process gets its turn
const CONTENTS = 300; // bodies are composed once and used again under other headers

interface Sample {
  readonly subject: string;
  readonly content: Entity;
}

/** Hands over `count` messages, oldest first, evenly spread over six years up to now. */
export async function generateMessages(
  username: string,
  count: number,
  add: (message: MaildirMessage) => void,
): Promise<void> {
  const random = createRandom(`${username}:${count}`);
  const people: readonly Person[] = [...colleaguesOf('saisons'), ...Object.values(OUTSIDERS)];
  const samples = Array.from({ length: Math.min(count, CONTENTS) }, () => sample(random));
  const start = Date.now() - YEARS * YEAR_MS;
  const step = (YEARS * YEAR_MS) / (count + 1);
  let thread: string[] = [];
  for (let index = 0; index < count; index++) {
    const date = new Date(start + (index + 1) * step);
    const { subject, content } = samples[(index * 7) % samples.length] ?? sample(random);
    const messageId = `<${index + 1}.${username}@generated.example>`;
    // A third of the messages answer the one before, in threads of at most six.
    const answers = thread.length > 0 && thread.length < 6 && random.chance(0.4);
    if (!answers) thread = [];
    const raw = message(
      {
        from: random.pick(people),
        to: [{ name: '', mail: `${username}@saisons.example` }],
        subject: `${answers ? 'Re: ' : ''}${subject} (${index + 1})`,
        date,
        messageId,
        references: thread,
      },
      content,
    );
    thread = [...thread, messageId];
    add({ raw, flags: flagsOf(random, index, count), internalDate: date });
    if (index % BATCH === BATCH - 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The newest hundred are half unread; of the older ones nearly all are read. */
function flagsOf(random: Random, index: number, count: number): string[] {
  const flags = random.chance(count - index < 100 ? 0.5 : 0.98) ? ['\\Seen'] : [];
  if (random.chance(0.02)) flags.push('\\Flagged');
  if (random.chance(0.1)) flags.push('\\Answered');
  return flags;
}

function sample(random: Random): Sample {
  const conversation = random.pick(CONVERSATIONS);
  const now = new Date();
  const words = createVocabulary(random, now, 'Camille', 'Maëlle Fontanes');
  const subject = fill(conversation.subject, words);
  const opening = fill(conversation.opening, words);
  const reply = conversation.answers[0];
  const text = reply ? `${fill(reply, words)}\n\n${quote(now, 'Camille', opening)}` : opening;
  const body = random.chance(0.3) ? richEntity(text) : plainEntity(random, text);
  return {
    subject,
    content: withFile(body, random.chance(0.2) ? conversation.file : undefined, subject),
  };
}
