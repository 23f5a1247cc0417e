// What this device wants of one account; it stays here, and goes with what the browser keeps of the site.
const KEY = 'estafette-notices:';

/** Of whom the page is; undefined where nobody is signed in. */
export const accountOfPage = () =>
  document.querySelector('meta[name="account"]')?.getAttribute('content') || undefined;

/** A browser that keeps nothing has chosen nothing. */
function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

export const canTell = () =>
  'Notification' in window && window.isSecureContext && 'locks' in navigator;

export const isChosen = (account) => read(`${KEY}${account}`) === 'on';

/** Whether notices of this account are shown here: wished, and allowed by the browser. */
export const isOn = (account) =>
  account !== undefined && canTell() && isChosen(account) && Notification.permission === 'granted';

/** False where the browser keeps nothing. */
export function choose(account, wanted) {
  write(`${KEY}${account}:at`, undefined);
  write(`${KEY}${account}:renewed`, undefined);
  return write(`${KEY}${account}`, wanted ? 'on' : undefined);
}

/** Up to where each mailbox was told of, by any tab. */
export const readPlace = (account) => read(`${KEY}${account}:at`) ?? '';
export const keepPlace = (account, at) => write(`${KEY}${account}:at`, at);

/** Of whom the push service tells here, and when the server heard so last; 0 for never. */
export const pushedAccount = () => read(`${KEY}push`) ?? undefined;
export const renewedAt = (account) => Number(read(`${KEY}${account}:renewed`) ?? 0);
export function noteRenewed(account) {
  write(`${KEY}${account}:renewed`, String(Date.now()));
  write(`${KEY}push`, account);
}
export const noteNoPush = () => write(`${KEY}push`, undefined);

/** When any tab looked last; 0 for never. */
export const lastLook = (account) => Number(read(`${KEY}${account}:looked`) ?? 0);
export const noteLook = (account) => write(`${KEY}${account}:looked`, String(Date.now()));
