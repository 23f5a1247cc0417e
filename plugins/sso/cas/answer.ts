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

/** The answer of `/p3/serviceValidate`; servers that know no JSON answer with XML. */
export async function readAnswer(text: string): Promise<Validated> {
  const start = text.trimStart();
  if (start.startsWith('{')) return fromJson(start);
  if (start.startsWith('<')) return fromXml((await parseXml(start)).root);
  throw unavailable('answer');
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
    throw invalid('answer', error);
  }
  const answer = member(body, 'serviceResponse');
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
  if (root.name !== 'serviceResponse') throw invalid('answer');
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
