/** How a token is presented: RFC 7628, or what came before it. */
export type TokenMechanism = 'OAUTHBEARER' | 'XOAUTH2';

/** What opens one person's mail: their own password, a service's on their behalf, or their token. */
export type MailCredential =
  | {
      readonly username: string;
      readonly password: string;
      /** As whom: `username` is then a service that may open everybody's mail (RFC 4616). */
      readonly authzid?: string;
      /** The password is a service's: refused, it is no fault of the person who is there. */
      readonly ofService?: true;
    }
  | {
      readonly username: string;
      readonly accessToken: string;
      readonly mechanism: TokenMechanism;
    };

/** A SASL exchange of one answer, for protocols whose library does not speak it. */
export interface SaslExchange {
  readonly mechanism: 'PLAIN' | TokenMechanism;
  /** Base64, to be sent at once or after an empty challenge. */
  readonly response: string;
  /** What ends the exchange when the server explains its refusal in a challenge (RFC 7628 3.2.3). */
  readonly afterRefusal: string;
}

const SEPARATOR = '\x01';

/** PLAIN or the credential's token mechanism, towards `server`. */
export function saslExchange(
  credential: MailCredential,
  server: { readonly host: string; readonly port: number },
): SaslExchange {
  if ('accessToken' in credential) return tokenExchange(credential, server);
  const { username, password, authzid = '' } = credential;
  const response = base64([authzid, username, password].join('\0'));
  return { mechanism: 'PLAIN', response, afterRefusal: '*' };
}

function tokenExchange(
  { username, accessToken, mechanism }: Extract<MailCredential, { accessToken: string }>,
  { host, port }: { readonly host: string; readonly port: number },
): SaslExchange {
  const bearer = `auth=Bearer ${accessToken}`;
  if (mechanism === 'XOAUTH2') {
    const parts = [`user=${username}`, bearer, '', ''];
    return { mechanism, response: base64(parts.join(SEPARATOR)), afterRefusal: '' };
  }
  const gs2 = `n,a=${gs2Name(username)},`;
  const parts = [gs2, `host=${host}`, `port=${port}`, bearer, '', ''];
  return { mechanism, response: base64(parts.join(SEPARATOR)), afterRefusal: base64(SEPARATOR) };
}

/** A name inside a GS2 header, where `,` and `=` mean something (RFC 5801 4). */
export const gs2Name = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
