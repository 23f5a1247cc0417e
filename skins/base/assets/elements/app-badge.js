/**
 * Unread messages of the inbox on the icon of the installed program (Badging API), as the rail counts
 * them. A browser without badges, or a page that is not installed, has none: nothing is lost.
 */
function showBadge() {
  const counter = document.getElementById('unread-count');
  if (!counter || !navigator.setAppBadge) return;
  const unread = Number.parseInt(counter.textContent, 10) || 0;
  // Refused where the program is not installed: there is no icon to write on.
  navigator.setAppBadge(unread).catch(() => undefined);
}

document.addEventListener('turbo:load', showBadge);
document.addEventListener('turbo:render', showBadge);
// A pushed count is in the page once its stream is rendered.
document.addEventListener('turbo:before-stream-render', ({ target, detail }) => {
  if (target.getAttribute('target') !== 'unread-count') return;
  const { render } = detail;
  detail.render = async (stream) => {
    await render(stream);
    showBadge();
  };
});

// Whoever sits down next does not see how much mail the last one has.
document.addEventListener('submit', ({ target }) => {
  if (new URL(target.action).pathname !== '/logout') return;
  navigator.clearAppBadge?.().catch(() => undefined);
});
