import { xpath } from '@node-saml/node-saml/lib/xml';
import { invalid } from '../refused';
import { type Element, type Parsed, parseXml } from '../xml';

/** SHA-1 can be collided: a signature with it vouches for nothing. HMAC would make a key of a certificate. */
const ALGORITHMS: Readonly<Record<string, ReadonlySet<string>>> = {
  SignatureMethod: new Set([
    'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
    'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ]),
  DigestMethod: new Set([
    'http://www.w3.org/2001/04/xmlenc#sha256',
    'http://www.w3.org/2001/04/xmlenc#sha512',
  ]),
  // With comments kept, or by a script of the sender, more is signed than what is read.
  CanonicalizationMethod: new Set(['http://www.w3.org/2001/10/xml-exc-c14n#']),
  Transform: new Set([
    'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
    'http://www.w3.org/2001/10/xml-exc-c14n#',
  ]),
};

interface Node {
  getAttribute(name: string): string | null;
}

/**
 * Refuses a response before the library reads it: markup that attacks are made of, weak algorithms,
 * and anything but one assertion at its place. The parser is the library's, so that both see the same.
 */
export async function guardResponse(xml: string): Promise<void> {
  const all = elementsOf(await parseXml(xml));
  guardAlgorithms(all);
  // Wrapping needs a second one somewhere: beside, around, or inside of the one that is signed.
  if (all('Response').length !== 1 || all('Assertion').length > 1) throw invalid('wrapped');
  const ids = [...all('Response'), ...all('Assertion')].map(
    (node) => node.getAttribute('ID') ?? '',
  );
  if (ids.includes('') || new Set(ids).size !== ids.length) throw invalid('wrapped');
}

/** The same for a request to sign out: one, at the root. */
export async function guardLogout(xml: string): Promise<Element> {
  const parsed = await parseXml(xml);
  const all = elementsOf(parsed);
  guardAlgorithms(all);
  if (parsed.root.name !== 'LogoutRequest' || all('LogoutRequest').length !== 1) {
    throw invalid('wrapped');
  }
  return parsed.root;
}

type All = (name: string) => readonly Node[];

const elementsOf =
  ({ dom }: Parsed): All =>
  (name) =>
    xpath.selectElements(dom, `//*[local-name(.)='${name}']`);

function guardAlgorithms(all: All): void {
  for (const [name, allowed] of Object.entries(ALGORITHMS)) {
    if (!all(name).every((node) => allowed.has(node.getAttribute('Algorithm') ?? ''))) {
      throw invalid('algorithm');
    }
  }
}
