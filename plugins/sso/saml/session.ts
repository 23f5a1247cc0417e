/** The platform keeps no longer name of a provider's session. */
const MAX_CHARS = 512;

/**
 * The provider's name of one of its sessions: SessionIndex may be a small number that others have
 * too (SAML Core 2.7.2), and is one of a person's alone.
 */
export function sessionOf(nameId: string, index: string | undefined): string | undefined {
  if (index === undefined || index === '' || nameId === '') return undefined;
  const session = `${nameId} ${index}`;
  return session.length <= MAX_CHARS ? session : undefined;
}
