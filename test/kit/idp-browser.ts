/** A browser without scripts, as far as a demonstration provider needs one: cookies, forms, redirects. */
export interface IdpBrowser {
  /** Goes somewhere and follows redirects within the origin; where it stops. */
  go(url: string, form?: Readonly<Record<string, string>>): Promise<Stop>;
  /** Fills the form of the provider; what the application is told in its address. */
  signIn(
    url: string,
    who: { readonly username: string; readonly password: string },
    more?: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>>;
}

export interface Stop {
  readonly status: number;
  readonly url: string;
  readonly text: string;
  /** Where a redirect out of the provider leads. */
  readonly leaves?: string;
}

const MAX_HOPS = 10;

export function createBrowser(): IdpBrowser {
  const cookies = new Map<string, string>();
  const ask = async (url: string, form?: Readonly<Record<string, string>>) => {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const go: IdpBrowser['go'] = async (from, form) => {
    let answer = await ask(from, form);
    let url = from;
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const location = answer.headers.get('location');
      if (location === null) break;
      const next = new URL(location, url);
      if (next.origin !== new URL(url).origin) {
        return { status: answer.status, url, text: '', leaves: next.href };
      }
      url = next.href;
      answer = await ask(url);
    }
    return { status: answer.status, url, text: await answer.text() };
  };
  return {
    go,
    async signIn(url, { username, password }, more = {}) {
      let stop = await go(url);
      if (stop.leaves === undefined) {
        const [, action = ''] = /<form[^>]*action="([^"]+)"/.exec(stop.text) ?? [];
        const hidden = [...stop.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
        const fields = Object.fromEntries(
          hidden.map(([, name = '', value = '']) => [name, unescaped(value)]),
        );
        const form = { ...fields, username, password, ...more };
        stop = await go(new URL(unescaped(action), stop.url).href, form);
      }
      if (stop.leaves === undefined) throw new Error(`the provider stays: ${stop.text}`);
      return Object.fromEntries(new URL(stop.leaves).searchParams);
    },
  };
}

const unescaped = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');
