import type { MailCredential } from '../base/sasl';

/** A submission server; the part of a site's configuration that this floor needs. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string;
  /** Name expected in the certificate when it differs from `host`. */
  readonly servername?: string;
  readonly auth: 'user' | 'none';
}

/** What signs in to the server; asked for only while a connection is being opened. */
export type SmtpCredential = MailCredential;

/** MAIL FROM and RCPT TO, given explicitly: never read from the message's headers. */
export interface SmtpEnvelope {
  /** `''` for nobody, of what tells of another message. */
  readonly from: string;
  readonly to: readonly string[];
  /**
   * Names the message in reports of its delivery, which are asked for with it, where the server has
   * DSN (RFC 3461).
   */
  readonly reportAs?: string | undefined;
}

export interface SmtpRejection {
  readonly mail: string;
  /** SMTP reply code, 400 to 599. */
  readonly code: number;
}

/** What the server would not have: the person can do something about it, each time another thing. */
export type SmtpRefused = 'recipients' | 'sender' | 'size' | 'content' | 'credential';

export interface SmtpSendRequest {
  readonly server: SmtpServer;
  /** Opened only when the server asks for authentication. */
  readonly credential: () => SmtpCredential | Promise<SmtpCredential>;
  readonly envelope: SmtpEnvelope;
  /** The message exactly as it will be filed: CRLF line ends, no Bcc. */
  readonly file: string;
  /** For the log. */
  readonly messageId: string;
  /**
   * Called before the last bytes and the final dot leave: until it settles the server cannot have
   * accepted the message (RFC 5321 4.1.1.4), after it the outcome is only known from the answer. A
   * rejection stops the sending.
   */
  readonly beforeLast?: () => void | Promise<void>;
}

export interface SmtpReceipt {
  readonly accepted: readonly string[];
  readonly rejected: readonly SmtpRejection[];
  /** False when reports of delivery were wanted and the server knows of none. */
  readonly isReported?: boolean;
}

export interface SmtpDeadlines {
  /** Name look-up, connection, TLS and greeting. */
  readonly connectMs: number;
  /** One command, and the whole envelope at least. */
  readonly commandMs: number;
  /** From the go-ahead to the final answer, on top of the time the bytes need. */
  readonly dataMs: number;
}

export interface SmtpTransport {
  /**
   * Sends one message over one connection. Throws `smtp/unreachable`, `smtp/timeout`,
   * `SmtpRejected` (4xx or 5xx, `refused` says what) when nothing was accepted, and
   * `SmtpAnswerLost` when nobody can tell.
   */
  send(request: SmtpSendRequest): Promise<SmtpReceipt>;
}
