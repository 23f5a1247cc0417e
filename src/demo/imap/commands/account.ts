import type { Session } from '../session';
import type { Account } from '../store';
import { type Token, tokenText } from '../tokens';
import type { Command } from './types';

function signIn(session: Session, username: string, password: string): string {
  if (session.account) return 'BAD already signed in';
  return opened(session, session.context.signIn(username, password, session));
}

function opened(session: Session, account: Account | string): string {
  if (typeof account === 'string') return `NO ${account}`;
  session.account = account;
  return `OK [CAPABILITY ${session.capabilityLine()}] signed in`;
}

async function authenticate(session: Session, args: readonly Token[]): Promise<string> {
  const mechanism = tokenText(args[0]).toUpperCase();
  if (!session.has(`AUTH=${mechanism}`)) return 'NO [CANNOT] unknown mechanism';
  const response = args[1] ? tokenText(args[1]) : await session.askLine('');
  if (response === '*') return 'BAD cancelled';
  const text = Buffer.from(response, 'base64').toString();
  if (mechanism === 'XOAUTH2') return signInByToken(session, text);
  const [, username = '', password = ''] = text.split('\0');
  return signIn(session, username, password);
}

/** `user=…^Aauth=Bearer …^A^A`, as clients have sent it since before RFC 7628. */
async function signInByToken(session: Session, text: string): Promise<string> {
  const parts = text.split('\x01');
  const fieldOf = (name: string): string =>
    parts.find((part) => part.startsWith(name))?.slice(name.length) ?? '';
  if (session.account) return 'BAD already signed in';
  const username = fieldOf('user=');
  return opened(
    session,
    await session.context.signInByToken(username, fieldOf('auth=Bearer '), session),
  );
}

async function idle(session: Session): Promise<string> {
  session.flush(true);
  session.isIdle = true;
  const line = await session.askLine('idling');
  session.isIdle = false;
  return line.trim().toUpperCase() === 'DONE' ? 'OK idle ended' : 'BAD expected DONE';
}

function enable(session: Session, args: readonly Token[]): string {
  const wanted = args.map((arg) => tokenText(arg).toUpperCase());
  const enabled = wanted.filter((name) => name === 'CONDSTORE' && session.has(name));
  if (enabled.length > 0) session.condstore = true;
  session.send(`* ENABLED${enabled.map((name) => ` ${name}`).join('')}\r\n`);
  return 'OK enabled';
}

export const ACCOUNT_COMMANDS: Readonly<Record<string, Command>> = {
  CAPABILITY: {
    needs: 'nothing',
    run(session) {
      session.send(`* CAPABILITY ${session.capabilityLine()}\r\n`);
      return 'OK done';
    },
  },
  NOOP: { needs: 'nothing', run: () => 'OK done' },
  LOGOUT: {
    needs: 'nothing',
    run(session) {
      session.send('* BYE see you soon\r\n');
      return 'OK done';
    },
  },
  ID: {
    needs: 'nothing',
    capability: 'ID',
    run(session) {
      session.send('* ID ("name" "estafette-demo")\r\n');
      return 'OK done';
    },
  },
  LOGIN: {
    needs: 'nothing',
    // Read as UTF-8: LOGIN is older than SASL and clients send accents as they are.
    run: (session, [username, password]) => signIn(session, utf8(username), utf8(password)),
  },
  AUTHENTICATE: { needs: 'nothing', run: authenticate },
  ENABLE: { needs: 'account', capability: 'ENABLE', run: enable },
  NAMESPACE: {
    needs: 'account',
    capability: 'NAMESPACE',
    run(session) {
      session.send('* NAMESPACE (("" "/")) NIL NIL\r\n');
      return 'OK done';
    },
  },
  IDLE: { needs: 'account', capability: 'IDLE', run: idle },
};

const utf8 = (token: Token | undefined): string =>
  Buffer.from(tokenText(token), 'latin1').toString('utf8');
