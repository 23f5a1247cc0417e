const WORKER = '/service-worker.js';
const INBOX = '/mail/me/INBOX';

export const canKeep = () =>
  'serviceWorker' in navigator && 'caches' in window && window.isSecureContext;

/** Has the worker answer for the pages of this site; resolves once it runs. */
export async function begin() {
  await navigator.serviceWorker.register(WORKER, { scope: '/', type: 'classic' });
  return navigator.serviceWorker.ready;
}

/** The pages of this site come from the network alone again. */
export async function end() {
  const registration = await navigator.serviceWorker.getRegistration('/');
  // It is what tells of new messages, too.
  if (await registration?.pushManager?.getSubscription()) return;
  await registration?.unregister();
}

/** The pages that nothing works without, and this one. */
export async function warmUp() {
  const { active } = await navigator.serviceWorker.ready;
  const here = window.location.pathname + window.location.search;
  active?.postMessage({
    kind: 'warm',
    addresses: ['/offline', '/compose', ...new Set([INBOX, here])],
  });
}

/** Asks the browser to hand over what waits when the network is back, page or no page. */
export async function handOverLater() {
  const registration = await navigator.serviceWorker.ready;
  // Only some browsers do; the next page does it otherwise.
  await registration.sync?.register('estafette-outgoing').catch(() => undefined);
}
