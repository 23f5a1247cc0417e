/**
 * Shows a notice of the system. Telephones let a service worker alone do so: it is asked where there
 * is one. Whoever clicks comes to the message in the tab that told.
 */
export async function showNotice({ title, text, tag, href, icon }) {
  const options = { body: text, tag, icon, lang: document.documentElement.lang };
  try {
    const notice = new Notification(title, options);
    notice.addEventListener('click', () => {
      notice.close();
      window.focus();
      if (href) window.Turbo?.visit(href);
    });
  } catch {
    const registration = await navigator.serviceWorker?.getRegistration('/');
    await registration?.showNotification(title, { ...options, data: { href } });
  }
}
