// Keys of the readers' pages. Each link or field names its own key: aria-keyshortcuts="ArrowLeft", "Shift+ArrowLeft", "/".
"use strict";

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  // A held key turns one page only. Shift with an arrow extends a selection, if there is one.
  if (event.repeat || event.defaultPrevented || !getSelection().isCollapsed) return;
  const isArrow = event.key.startsWith("Arrow");
  const key = isArrow && event.shiftKey ? `Shift+${event.key}` : event.key;
  const target = document.querySelector(`[aria-keyshortcuts~="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName === "A") target.click();
  else target.focus();
});
