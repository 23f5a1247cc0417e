// What the push service of the browser brings while no page is open.
const MESSAGES = /^\/mail\/me\/[^/]+\/\d+$/;

/** Only a message of this site: what was encrypted for this device is of its server, all the same. */
const placeOf = (href) => {
  const { origin, pathname } = new URL(href ?? '/', self.location.origin);
  return origin === self.location.origin && MESSAGES.test(pathname) ? pathname : '/mail/me/INBOX';
};

async function show(data) {
  const { title, text, tag, href } = data.json();
  await self.registration.showNotification(title, {
    body: text,
    tag,
    data: { href: placeOf(href) },
  });
}

self.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(show(event.data));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(placeOf(event.notification.data?.href)));
});

/** In a tab that shows mail; never in one where somebody may be writing. */
async function open(href) {
  const tabs = await self.clients.matchAll({ type: 'window' });
  const tab = tabs.find(({ url }) => new URL(url).pathname.startsWith('/mail/'));
  if (!tab) return self.clients.openWindow(href);
  await tab.focus();
  tab.postMessage({ kind: 'open', href });
}

/** Who signs out is told nothing here any more. */
export async function endPush() {
  const subscription = await self.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}
