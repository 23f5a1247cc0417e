import { unavailable } from '../refused';

/** What is asked of a provider with a code or a token in hand. */
export type Endpoint = 'token' | 'userinfo';

/**
 * The answer of an endpoint, when it is one of the protocol. A page of a proxy, an empty text, half
 * a document say nothing of who signs in: the provider is not there.
 */
export async function protocolAnswer(endpoint: Endpoint, answer: Response): Promise<Response> {
  const text = await answer.text();
  const type = answer.headers.get('content-type') ?? '';
  // Core 5.3.2: signed as a whole, which its signature is to be asked about.
  const isSigned =
    endpoint === 'userinfo' && answer.status === 200 && /^application\/jwt\b/i.test(type);
  if (!isSigned && !isOfProtocol(endpoint, answer.status, parse(text))) {
    throw unavailable(`no-${endpoint}-answer`);
  }
  return new Response(text, { status: answer.status, headers: { 'content-type': type } });
}

/** RFC 6749 5.1 and 5.2, Core 5.3.2: the members without which it is something else. */
function isOfProtocol(endpoint: Endpoint, status: number, body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const has = (name: string): boolean => typeof Reflect.get(body, name) === 'string';
  if (endpoint === 'userinfo') return status === 200 && has('sub');
  return status === 200 ? has('access_token') : has('error');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
