// The page between a provider's form and ours sends itself on; without scripts its button does.
document.querySelector('form[data-send-at-once]')?.requestSubmit();
