/**
 * `data-confirm` on a button: asked first, in a dialog of the page. Without scripts the action is
 * done at once, and the server offers to undo what can be undone.
 */
document.addEventListener(
  'click',
  (event) => {
    const button = event.target instanceof Element && event.target.closest('[data-confirm]');
    if (!button || button.dataset.confirmed) return;
    const dialog = document.getElementById('confirm');
    if (!dialog) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(dialog, button);
  },
  true,
);

function ask(dialog, button) {
  dialog.querySelector('#confirm-text').textContent = button.dataset.confirm;
  const isDanger = !button.matches('[data-confirm-level="info"]');
  dialog.querySelector('[value="confirm"]').classList.toggle('btn-danger', isDanger);
  dialog.querySelector('[value="confirm"]').classList.toggle('btn-primary', !isDanger);
  dialog.returnValue = 'cancel';
  dialog.addEventListener(
    'close',
    () => {
      if (dialog.returnValue !== 'confirm') return;
      button.dataset.confirmed = '1';
      button.click();
      delete button.dataset.confirmed;
    },
    { once: true },
  );
  dialog.showModal();
}

// A click on the backdrop lands on the dialog itself.
document.addEventListener('click', ({ target }) => {
  if (target instanceof HTMLDialogElement && target.id === 'confirm') target.close('cancel');
});
