/**
 * Shows a notice of the system. Where there is a service worker, it is the worker's: telephones let no
 * page show any, and what the push service brings of the same message replaces it. A click leads to
 * the message, in a tab that shows mail.
 */
export async function showNotice({ title, text, tag, href, icon }) {
  const options = { body: text, tag, icon, lang: document.documentElement.lang };
  const registration = await navigator.serviceWorker?.getRegistration('/');
  if (registration?.active) {
    await registration.showNotification(title, { ...options, data: { href } });
    return;
  }
  const notice = new Notification(title, options);
  notice.addEventListener('click', () => {
    notice.close();
    window.focus();
    if (href) window.Turbo?.visit(href);
  });
}
