/** A body that a closing page may still send: browsers refuse more with `keepalive`. */
const KEEPALIVE_CHARS = 60_000;
const TIMEOUT_MS = 30_000;

/** What a POST of the composer came to: `{ status, data }`, `data` undefined when it is no JSON. */
async function post(url, fields, { token, keepalive = false }) {
  const body = new URLSearchParams(fields).toString();
  const response = await fetch(url, {
    method: 'POST',
    body,
    redirect: 'manual',
    keepalive: keepalive && body.length < KEEPALIVE_CHARS,
    signal: keepalive ? undefined : AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      Accept: 'application/json, text/html;q=0.9',
      'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8',
      'X-CSRF-Token': token,
    },
  });
  const type = response.headers.get('Content-Type') ?? '';
  const isJson = type.includes('json');
  return {
    status: response.status,
    isRedirect: response.type === 'opaqueredirect',
    data: isJson ? await response.json() : undefined,
    html: isJson ? '' : await response.text(),
  };
}

/** The token of the session that is open now, after signing in again in another tab. */
async function freshToken() {
  const response = await fetch('/compose', { headers: { Accept: 'text/html' } });
  if (response.redirected || !response.ok) return undefined;
  return /<meta name="csrf-token" content="([^"]+)"/.exec(await response.text())?.[1];
}

/** The fields of a form as they would be posted, files left out (they travel by themselves). */
export const fieldsOf = (form) =>
  [...new FormData(form)].filter(([, value]) => typeof value === 'string');

/**
 * Posts the form's fields, or those that `fields` answers; once more with the new token when the
 * session was opened anew meanwhile.
 */
export async function postForm(form, url, { fields = () => fieldsOf(form), keepalive } = {}) {
  const send = () => post(url, fields(), { token: form.elements['_csrf'].value, keepalive });
  const answer = await send();
  if (answer.status !== 403 || keepalive) return answer;
  if (answer.data?.error?.code !== 'request/csrf') return answer;
  const token = await freshToken();
  if (!token) return { ...answer, status: 401 };
  form.elements['_csrf'].value = token;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', token);
  return send();
}

/** Whether a closing page can still send this form. */
export const fitsKeepalive = (form) =>
  new URLSearchParams(fieldsOf(form)).toString().length < KEEPALIVE_CHARS;
