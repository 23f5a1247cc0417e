/** View `mail/sender-check`: one sentence, and what it rests on. */
export interface SenderCheckModel {
  readonly verdict: 'verified' | 'unverified' | 'failed';
  readonly sentence: string;
  readonly details: readonly {
    /** `SPF`, `DKIM`… */
    readonly method: string;
    readonly result: string;
    readonly about: string | undefined;
  }[];
  /** Which server found it. */
  readonly by: string | undefined;
  /** The way of the message. */
  readonly transitHref: string;
}

/** View `transit`: who sent a message, when and through which servers. */
export interface TransitModel {
  readonly subject: string;
  readonly back: string;
  readonly headersHref: string;
  readonly sourceHref: string;
  /** From, as the message gives it. */
  readonly from: string;
  readonly program: string | undefined;
  readonly writtenAt: string | undefined;
  readonly arrivedAt: string;
  readonly steps: readonly TransitStepModel[];
  readonly isCut: boolean;
  /** Steps of servers of the site are told apart. */
  readonly knowsOwn: boolean;
  /** Between the first date and the last: "12 secondes". */
  readonly total: string | undefined;
}

/** One passage, oldest first. */
export interface TransitStepModel {
  readonly by: string;
  readonly from: string | undefined;
  readonly fromSeen: string | undefined;
  readonly date: string | undefined;
  /** "3 secondes"; a note in its place where clocks disagree. */
  readonly delay: string | undefined;
  readonly isSlow: boolean;
  readonly isTrusted: boolean;
  readonly isEncrypted: boolean;
  readonly protocol: string | undefined;
}

/** View `leave`: the page between a message and what it links to. */
export interface LeaveModel {
  readonly home: string;
  /** Absent where the address was not signed for this session, or too long ago. */
  readonly target:
    | {
        readonly host: string;
        /** The same as people read it, where it has other letters than ASCII. */
        readonly unicode: string | undefined;
        readonly url: string;
        /** Not encrypted. */
        readonly isPlain: boolean;
        readonly isBlocked: boolean;
        readonly why: string;
      }
    | undefined;
}

/** View `preview`: a file of a message on a page of its own. */
export interface PreviewModel {
  readonly filename: string;
  readonly sizeBytes: number;
  /** `other` cannot be shown. */
  readonly kind: 'image' | 'pdf' | 'text' | 'calendar' | 'card' | 'message' | 'other';
  /** Its place among the files of the message, from 1. */
  readonly place: number;
  readonly count: number;
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** The message. */
  readonly back: string;
  /** The file itself. */
  readonly href: string;
  /** What is framed. */
  readonly contentHref: string;
  /** An enclosed message, opened as one. */
  readonly messageHref: string | undefined;
}

/** View `report`: what is reported to whom, before it is. */
export interface ReportModel {
  readonly subject: string;
  readonly from: string;
  readonly action: string;
  readonly back: string;
  readonly choices: readonly {
    readonly kind: string;
    readonly label: string;
    /** Who will read it. */
    readonly hint: string;
    readonly isChosen: boolean;
  }[];
  readonly error: string | undefined;
}
