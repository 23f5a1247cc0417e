import { invalid, unavailable } from '../refused';
import type { Values } from '../values';
import { type Element, parseXml } from '../xml';

/** Whom a ticket was for. */
export interface Validated {
  readonly user: string;
  readonly attributes: Values;
}

/** CAS Protocol 3.0, 2.5.3: what a refusal of the server means. */
const FAILURES: Readonly<Record<string, string>> = {
  INVALID_TICKET: 'ticket',
  INVALID_TICKET_SPEC: 'ticket',
  INVALID_SERVICE: 'service',
  INVALID_PROXY_CALLBACK: 'service',
  UNAUTHORIZED_SERVICE: 'service',
  UNAUTHORIZED_SERVICE_PROXY: 'service',
};

/**
 * The answer of `/p3/serviceValidate`; servers that know no JSON answer with XML. What is neither, a
 * page that says that the server is being mended, makes nobody's ticket false.
 */
export async function readAnswer(text: string): Promise<Validated> {
  const start = text.trimStart();
  return start.startsWith('{') ? fromJson(start) : fromXml(await rootOf(start));
}

async function rootOf(text: string): Promise<Element> {
  const { root } = await parseXml(text).catch((error: unknown) => {
    // What says that it is an answer, and is made as none may be, is an attack and no trouble.
    throw text.includes('serviceResponse') ? error : unavailable('answer', error);
  });
  if (root.name !== 'serviceResponse') throw unavailable('answer');
  return root;
}

function failed(code: unknown): never {
  // Its own troubles are nobody's false ticket.
  if (code === 'INTERNAL_ERROR') throw unavailable('provider-busy');
  throw invalid((typeof code === 'string' && FAILURES[code]) || 'ticket');
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;

function fromJson(text: string): Validated {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw unavailable('answer', error);
  }
  const answer = member(body, 'serviceResponse');
  if (answer === undefined) throw unavailable('answer');
  const failure = member(answer, 'authenticationFailure');
  const success = member(answer, 'authenticationSuccess');
  if (failure !== undefined) return failed(member(failure, 'code'));
  const user = member(success, 'user');
  if (typeof user !== 'string' || user === '') throw invalid('answer');
  const attributes = member(success, 'attributes');
  return {
    user,
    attributes: typeof attributes === 'object' && attributes !== null ? { ...attributes } : {},
  };
}

function fromXml(root: Element): Validated {
  const failure = root.only('authenticationFailure');
  const success = root.only('authenticationSuccess');
  if (failure) return failed(failure.attributes['code']);
  const user = success?.only('user')?.text ?? '';
  if (!success || user === '') throw invalid('answer');
  const box = success.only('attributes');
  const pairs = (box?.names ?? []).map(
    (name) => [name, box?.children(name).map(({ text }) => text)] as const,
  );
  return { user, attributes: Object.fromEntries(pairs) };
}
