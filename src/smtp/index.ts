// The SMTP floor: hands one finished message to one submission server and says, recipient by
// recipient, what became of it. It builds no message, keeps no queue and retries nothing; the
// compose domain calls it, and health checks call `pingSmtp`.
export { SmtpAnswerLost, SmtpRejected } from './errors';
export { createSmtpTransport, pingSmtp, type SmtpTransportDeps } from './transport';
export type {
  SmtpCredential,
  SmtpDeadlines,
  SmtpEnvelope,
  SmtpReceipt,
  SmtpRefused,
  SmtpRejection,
  SmtpSendRequest,
  SmtpServer,
  SmtpTransport,
} from './types';
