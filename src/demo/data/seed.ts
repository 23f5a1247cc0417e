import { BULLETINS } from './bulletins';
import { plainEntity, quote, richEntity, withFile } from './compose';
import { CONVERSATIONS, type Conversation } from './conversations';
import { CURIOSITIES } from './curiosities';
import { junkMessages } from './junk';
import { LETTERS } from './letters';
import { message } from './mime';
import { listHeaders, newsletterEntity } from './newsletter';
import { NOTICES } from './notices';
import {
  colleaguesOf,
  type DemoAgent,
  demoAgents,
  demoSites,
  OUTSIDERS,
  officesOf,
  type Person,
} from './people';
import { createRandom, type Random } from './random';
import { createVocabulary, fill, type Vocabulary } from './vocabulary';

/** One message of the sample mailboxes. */
export interface SeedMessage {
  readonly mailbox: string;
  readonly raw: Buffer;
  readonly flags: readonly string[];
  readonly internalDate: Date;
}

/** Every mailbox a demo agent starts with, decoded paths. */
export const DEMO_MAILBOXES: readonly { readonly path: string; readonly specialUse?: string }[] = [
  { path: 'INBOX' },
  { path: 'Drafts', specialUse: '\\Drafts' },
  { path: 'Sent', specialUse: '\\Sent' },
  { path: 'Junk', specialUse: '\\Junk' },
  { path: 'Trash', specialUse: '\\Trash' },
  { path: 'Archive', specialUse: '\\Archive' },
  { path: 'Projets' },
  { path: 'Projets/Observatoire' },
  { path: 'Projets/Recrutement 2027' },
];

const INBOX_SIZE = 200;
const SPAN_DAYS = 150;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * The sample mailboxes of an agent: always the same for the same arguments, oldest first. `pictures`
 * is the origin of the server that has those of the newsletters.
 */
export function seedMessages(agent: DemoAgent, now: Date, pictures?: string): SeedMessage[] {
  return new Seeder(agent, now, pictures).run();
}

class Seeder {
  private readonly random: Random;
  private readonly me: Person;
  private readonly colleagues: readonly Person[];
  private readonly messages: SeedMessage[] = [];
  private counter = 0;

  constructor(
    private readonly agent: DemoAgent,
    private readonly now: Date,
    private readonly pictures: string | undefined,
  ) {
    this.random = createRandom(agent.username);
    this.me = { name: agent.name, mail: agent.mail };
    const others = demoAgents.filter((one) => one.site === agent.site && one !== agent);
    this.colleagues = [...others, ...colleaguesOf(agent.site)];
  }

  run(): SeedMessage[] {
    this.addCuriosities();
    this.addLetters();
    this.addNewsletters();
    for (const conversation of this.random.shuffle(CONVERSATIONS)) {
      this.addConversation(conversation, this.pastDate());
    }
    for (const notice of this.random.shuffle(NOTICES)) this.addNotice(notice);
    // Life repeats itself: the same subjects come back, on other days and with other words.
    while (this.inboxSize() < INBOX_SIZE) {
      if (this.random.chance(0.4)) this.addNotice(this.random.pick(NOTICES));
      else this.addConversation(this.random.pick(CONVERSATIONS), this.pastDate());
    }
    this.addOthers();
    return this.trimmed().sort((a, b) => a.internalDate.getTime() - b.internalDate.getTime());
  }

  private inboxSize(): number {
    return this.messages.filter(({ mailbox }) => mailbox === 'INBOX').length;
  }

  /** A last conversation may bring more than one message: the newest of them wait elsewhere. */
  private trimmed(): SeedMessage[] {
    let left = INBOX_SIZE;
    return this.messages.filter(({ mailbox }) => mailbox !== 'INBOX' || left-- > 0);
  }

  private addConversation(conversation: Conversation, start: Date): void {
    const people = this.random.shuffle(this.colleagues).slice(0, 3);
    const begins = this.random.chance(0.15);
    const words = this.words(start, begins ? people[0]?.name.split(' ')[0] : undefined);
    const subject = fill(conversation.subject, words);
    const filed = conversation.folder && this.random.chance(0.3) ? conversation.folder : 'INBOX';
    const references: string[] = [];
    let date = start;
    let previous: { readonly text: string; readonly who: Person; readonly date: Date } | undefined;
    for (const [index, turn] of [conversation.opening, ...conversation.answers].entries()) {
      const mine = index === 0 ? begins : this.random.chance(0.18) && previous?.who !== this.me;
      const who = mine ? this.me : (people[index % people.length] ?? this.me);
      if (date.getTime() > this.now.getTime() - 5 * MINUTE_MS) break;
      if (mine) this.markAnswered(references.at(-1));
      const messageId = this.messageId();
      const said = `${fill(turn, words)}\n\n${this.signature(who)}`;
      const text = previous
        ? `${said}\n\n${quote(previous.date, previous.who.name, previous.text)}`
        : said;
      const to = mine
        ? people.slice(0, 2)
        : [this.me, ...people.filter((one) => one !== who).slice(0, 1)];
      const content = this.random.chance(0.25) ? richEntity(text) : plainEntity(this.random, text);
      const raw = message(
        {
          from: who,
          to,
          subject: index === 0 ? subject : `Re: ${subject}`,
          date,
          messageId,
          references,
        },
        withFile(content, index === 0 ? conversation.file : undefined, subject),
      );
      this.push(mine ? 'Sent' : filed, raw, date, mine, messageId);
      references.push(messageId);
      previous = { text: said, who, date };
      date = this.later(date);
    }
  }

  private addLetters(): void {
    for (const letter of LETTERS) {
      const date = this.pastDate();
      const words = this.words(date);
      const [subject, text] = [fill(letter.subject, words), fill(letter.text, words)];
      const content = letter.rich ? richEntity(text) : plainEntity(this.random, text);
      const from = OUTSIDERS[letter.from];
      const messageId = this.messageId();
      const head = { from, to: [this.me], subject, date, messageId };
      this.push(
        'INBOX',
        message(head, withFile(content, letter.file, subject)),
        date,
        false,
        messageId,
      );
    }
  }

  private addNewsletters(): void {
    for (const bulletin of BULLETINS) {
      for (const title of bulletin.titles) {
        const date = this.pastDate();
        const words = this.words(date);
        const messageId = this.messageId();
        const from = { name: bulletin.name, mail: bulletin.mail };
        const subject = fill(title, words);
        const headers = listHeaders(bulletin);
        const raw = message(
          { from, to: [this.me], subject, date, messageId, headers },
          newsletterEntity(bulletin, subject, words, this.pictures),
        );
        this.push('INBOX', raw, date, false, messageId);
      }
    }
  }

  private addNotice(notice: (typeof NOTICES)[number]): void {
    const date = this.pastDate();
    const words = this.words(date);
    const from = officesOf(this.agent.site)[notice.from] ?? this.me;
    const subject = fill(notice.subject, words);
    const messageId = this.messageId();
    const text = `${fill(notice.text, words)}\n\n${from.name}`;
    const raw = message(
      { from, to: [this.me], subject, date, messageId },
      withFile(plainEntity(this.random, text), notice.file, subject),
    );
    this.push('INBOX', raw, date, false, messageId);
  }

  private addCuriosities(): void {
    const { me, colleagues } = this;
    const { assistance = me } = officesOf(this.agent.site);
    for (const [index, curiosity] of CURIOSITIES.entries()) {
      // Spread over the last three weeks, so that a visitor meets them.
      const date = new Date(
        this.now.getTime() - (index * 23 + this.random.between(2, 20)) * HOUR_MS,
      );
      const messageId = this.messageId();
      const raw = curiosity({ me, colleagues, assistance, date, messageId });
      this.push('INBOX', raw, date, false, messageId);
    }
  }

  /** What the other mailboxes start with. */
  private addOthers(): void {
    const junk = junkMessages((index, mail) => ({
      from: { name: '', mail },
      to: [this.me],
      subject: '',
      date: new Date(this.now.getTime() - (index * 3 + 1) * DAY_MS),
      messageId: this.messageId(),
    }));
    junk.forEach((raw, index) => {
      const internalDate = new Date(this.now.getTime() - (index * 3 + 1) * DAY_MS);
      this.messages.push({ mailbox: 'Junk', raw, flags: [], internalDate });
    });
    this.addDraft('Note pour la direction', 'Bonjour,\n\nÀ compléter avec les chiffres du mois.');
    this.addDraft('Re: Ordre du jour', 'Je propose d’ajouter un point sur ');
    for (const mailbox of ['Archive', 'Trash']) {
      const old = this.messages.filter(
        (one) => one.mailbox === 'INBOX' && this.random.chance(0.06),
      );
      for (const one of old) {
        const internalDate = new Date(one.internalDate.getTime() - SPAN_DAYS * DAY_MS);
        this.messages.push({ ...one, mailbox, internalDate, flags: ['\\Seen'] });
      }
    }
  }

  private addDraft(subject: string, text: string): void {
    const date = new Date(this.now.getTime() - this.random.between(2, 60) * HOUR_MS);
    const head = { from: this.me, to: [this.random.pick(this.colleagues)], subject, date };
    const raw = message({ ...head, messageId: this.messageId() }, plainEntity(this.random, text));
    this.messages.push({
      mailbox: 'Drafts',
      raw,
      flags: ['\\Draft', '\\Seen'],
      internalDate: date,
    });
  }

  private push(mailbox: string, raw: Buffer, date: Date, mine: boolean, messageId: string): void {
    const flags = mine ? ['\\Seen'] : this.flags(date);
    this.byId.set(messageId, this.messages.length);
    this.messages.push({ mailbox, raw, flags, internalDate: date });
  }

  private readonly byId = new Map<string, number>();

  private markAnswered(messageId: string | undefined): void {
    const index = messageId === undefined ? undefined : this.byId.get(messageId);
    const answered = index === undefined ? undefined : this.messages[index];
    if (index === undefined || !answered) return;
    const flags = new Set([...answered.flags, '\\Answered', '\\Seen']);
    this.messages[index] = { ...answered, flags: [...flags] };
  }

  /** Old mail is read, recent mail half so; a few messages are flagged or forwarded. */
  private flags(date: Date): string[] {
    const ageDays = (this.now.getTime() - date.getTime()) / DAY_MS;
    const flags: string[] = [];
    if (this.random.chance(ageDays > 14 ? 0.97 : ageDays > 2 ? 0.7 : 0.35)) flags.push('\\Seen');
    if (this.random.chance(0.06)) flags.push('\\Flagged');
    if (flags.includes('\\Seen') && this.random.chance(0.04)) flags.push('$Forwarded');
    return flags;
  }

  private words(date: Date, greeted = this.agent.givenName): Vocabulary {
    const colleague = this.random.pick(this.colleagues).name;
    return createVocabulary(this.random, date, greeted, colleague);
  }

  private signature(who: Person): string {
    const known = demoAgents.find((agent) => agent.mail === who.mail);
    const title = demoSites.find((site) => site.id === this.agent.site)?.title ?? '';
    return `-- \n${who.name}\n${known ? `${known.service}\n` : ''}${title}`;
  }

  /** More often recent than old, in office hours unless it is within the last day. */
  private pastDate(): Date {
    const age = SPAN_DAYS * this.random.next() ** 1.8 * DAY_MS;
    const date = new Date(this.now.getTime() - age - 6 * MINUTE_MS);
    if (age < DAY_MS) return date;
    date.setUTCHours(
      this.random.between(6, 17),
      this.random.between(0, 59),
      this.random.between(0, 59),
    );
    return date;
  }

  /** When an answer is written: some hours later, not in the night. */
  private later(date: Date): Date {
    const minutes = this.random.between(60, 26 * 60);
    const answered = new Date(date.getTime() + minutes * MINUTE_MS);
    const hour = answered.getUTCHours();
    if (hour >= 6 && hour < 18) return answered;
    if (hour >= 18) answered.setUTCDate(answered.getUTCDate() + 1);
    answered.setUTCHours(this.random.between(6, 9));
    return answered;
  }

  private messageId(): string {
    this.counter++;
    return `<${this.counter}.${this.agent.username}.${this.random.between(1e6, 9e6)}@demo.example>`;
  }
}
