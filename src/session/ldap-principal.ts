import { AppError } from '../base/errors';
import { type DirectoryEntry, valuesOf } from '../ldap';
import type { LdapDirectory } from '../sites/site';
import { principalShape } from './hooks';
import type { Principal } from './types';

const IS_MAIL = /^[^\s@]+@[^\s@]+$/;

/**
 * The person whom a directory entry describes. An entry without login, address or mail login is
 * refused (`session/refused`): the password was right, but there is nothing to open.
 */
export function principalFromEntry(directory: LdapDirectory, entry: DirectoryEntry): Principal {
  const { attributes: names } = directory;
  const [uid = ''] = valuesOf(entry, names.uid);
  const [mail = '', ...others] = valuesOf(entry, names.mail).filter((value) => IS_MAIL.test(value));
  const [name] = valuesOf(entry, names.name);
  const [imapLogin = ''] = valuesOf(entry, names.imapLogin);
  const parsed = principalShape.safeParse({
    login: uid.toLowerCase(),
    dn: entry.dn,
    name: name ?? uid,
    mail,
    aliases: others.slice(0, 100),
    imapLogin,
    attributes: entry.attributes,
  });
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new AppError('session/refused', { details: { reason: 'directory-entry', fields } });
  }
  const { dn, ...principal } = parsed.data;
  return dn === undefined || dn === '' ? principal : { ...principal, dn };
}
