// Calendars are shown and hidden by their check boxes at once; without this there is a button.
document.addEventListener('change', (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.name !== 'shown') return;
  box.closest('.cal-calendars')?.requestSubmit();
});
