import type { Session } from '../session';
import { type Token, tokenText } from '../tokens';
import type { Command } from './types';

function signIn(session: Session, username: string, password: string): string {
  if (session.account) return 'BAD already signed in';
  const account = session.context.signIn(username, password, session);
  if (typeof account === 'string') return `NO ${account}`;
  session.account = account;
  return `OK [CAPABILITY ${session.capabilityLine()}] signed in`;
}

async function authenticate(session: Session, args: readonly Token[]): Promise<string> {
  if (tokenText(args[0]).toUpperCase() !== 'PLAIN') return 'NO [CANNOT] unknown mechanism';
  const response = args[1] ? tokenText(args[1]) : await session.askLine('');
  if (response === '*') return 'BAD cancelled';
  const [, username = '', password = ''] = Buffer.from(response, 'base64').toString().split('\0');
  return signIn(session, username, password);
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
