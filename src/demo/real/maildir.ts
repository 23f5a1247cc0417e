import {
  chownSync,
  closeSync,
  fchownSync,
  futimesSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { encodePath } from '../imap/utf7';

/** Who owns the files: Dovecot refuses to read mail as root. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface MaildirMessage {
  readonly raw: Buffer;
  readonly flags: readonly string[];
  readonly internalDate: Date;
}

const FLAG_LETTERS: Readonly<Record<string, string>> = {
  '\\Draft': 'D',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Seen': 'S',
  '\\Deleted': 'T',
};
const MAX_KEYWORDS = 26; // one letter each

/** Directory of a mailbox in `LAYOUT=fs`: INBOX is the root, names are in modified UTF-7. */
export const maildirOf = (root: string, path: string): string =>
  path === 'INBOX' ? root : join(root, ...path.split('/').map(encodePath));

/** Makes `cur`, `new` and `tmp`, and the directories above, all owned by `owner`. */
export function createMaildir(root: string, path: string, owner: Owner): string {
  const directory = maildirOf(root, path);
  for (const name of ['cur', 'new', 'tmp']) {
    mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
    chownSync(join(directory, name), owner.uid, owner.gid);
  }
  for (let at = directory; at.length >= root.length; at = dirname(at)) {
    chownSync(at, owner.uid, owner.gid);
  }
  return directory;
}

/** Writes messages into an empty Maildir, uids from 1 in the order given. */
export class MaildirWriter {
  private readonly keywords: string[] = [];
  private readonly uidList: string[] = [];

  constructor(
    private readonly directory: string,
    private readonly owner: Owner,
    private readonly uidValidity: number,
  ) {}

  add({ raw, flags, internalDate }: MaildirMessage): void {
    const uid = this.uidList.length + 1;
    const seconds = Math.floor(internalDate.getTime() / 1000);
    const base = `${seconds}.M${uid}P1.demo,S=${raw.length},W=${raw.length}`;
    const file = openSync(
      join(this.directory, 'cur', `${base}:2,${this.letters(flags)}`),
      'wx',
      0o600,
    );
    writeSync(file, raw);
    futimesSync(file, seconds, seconds); // Dovecot takes INTERNALDATE from it
    fchownSync(file, this.owner.uid, this.owner.gid);
    closeSync(file);
    this.uidList.push(`${uid} :${base}`);
  }

  /** Writes the uid list, which fixes the order, and the names of the keywords. */
  end(): void {
    const guid = this.uidValidity.toString(16).padStart(32, '0');
    const head = `3 V${this.uidValidity} N${this.uidList.length + 1} G${guid}`;
    this.write('dovecot-uidlist', [head, ...this.uidList]);
    if (this.keywords.length > 0) {
      this.write(
        'dovecot-keywords',
        this.keywords.map((word, index) => `${index} ${word}`),
      );
    }
  }

  private letters(flags: readonly string[]): string {
    return flags
      .map((flag) => FLAG_LETTERS[flag] ?? this.keywordLetter(flag))
      .sort()
      .join('');
  }

  private keywordLetter(word: string): string {
    if (!this.keywords.includes(word)) this.keywords.push(word);
    const index = this.keywords.indexOf(word);
    if (index >= MAX_KEYWORDS) throw new Error('too many keywords for a Maildir');
    return String.fromCharCode(97 + index);
  }

  private write(name: string, lines: readonly string[]): void {
    const path = join(this.directory, name);
    writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
    chownSync(path, this.owner.uid, this.owner.gid);
  }
}

/** Delivers one message: written in `tmp`, moved to `new`, so that it is never seen half-written. */
export function deliverToMaildir(
  directory: string,
  raw: Buffer,
  owner: Owner,
  unique: string,
): void {
  const name = `${Math.floor(Date.now() / 1000)}.${unique}.demo,S=${raw.length}`;
  const temporary = join(directory, 'tmp', name);
  writeFileSync(temporary, raw, { mode: 0o600 });
  chownSync(temporary, owner.uid, owner.gid);
  renameSync(temporary, join(directory, 'new', name));
}
