import os from 'node:os';

/** Who types a command: the account of the system, marked so that it is nobody's login. */
export function operatorLogin(): string {
  try {
    return `cli:${os.userInfo().username}`;
  } catch {
    return 'cli'; // an account without a name, as in containers
  }
}
