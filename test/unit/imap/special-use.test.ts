import { assignRoles } from '../../../src/imap';

const box = (path: string, ...flags: string[]) => {
  const delimiter = path.includes('.') ? '.' : '/';
  return { path, name: path.split(delimiter).at(-1) ?? path, delimiter, flags: new Set(flags) };
};
const roles = (...boxes: ReturnType<typeof box>[]) => Object.fromEntries(assignRoles(boxes));

describe('roles of mailboxes', () => {
  it('come from the attributes of RFC 6154 before any name', () => {
    expect(roles(box('INBOX'), box('Sent'), box('Expédition', '\\Sent'))).toEqual({
      INBOX: 'inbox',
      Expédition: 'sent',
    });
  });

  it.each([
    ['Envoyés', 'sent'],
    ['Éléments envoyés', 'sent'],
    ['Sent Items', 'sent'],
    ['Brouillons', 'drafts'],
    ['Corbeille', 'trash'],
    ['Deleted Items', 'trash'],
    ['Indésirables', 'junk'],
    ['Spam', 'junk'],
    ['Archives', 'archive'],
    ['Modèles', 'templates'],
    ['Templates', 'templates'],
  ])('fall back to the name %s', (name, role) => {
    expect(roles(box(name))).toEqual({ [name]: role });
  });

  it('know a name written with combining accents', () => {
    expect(Object.values(roles(box('Envoyés'.normalize('NFD'))))).toEqual(['sent']);
  });

  it('look below INBOX, where some servers keep everything, and not deeper', () => {
    expect(roles(box('INBOX.Sent'), box('Projets.Trash'), box('INBOX.A.Drafts'))).toEqual({
      'INBOX.Sent': 'sent',
    });
  });

  it('go to one mailbox each, the best name first', () => {
    expect(roles(box('Spam'), box('Junk'))).toEqual({ Junk: 'junk' });
  });

  it('never go to a node that holds no mail', () => {
    expect(roles(box('Sent', '\\Noselect'), box('Drafts', '\\NonExistent'))).toEqual({});
  });
});
