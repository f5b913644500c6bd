// Keys of the readers' pages. What a key leads to says so itself: aria-keyshortcuts="ArrowLeft", "Shift+ArrowLeft", "/".
"use strict";

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  // A held key turns one page, and Shift with an arrow first of all extends what is selected.
  if (event.repeat || event.defaultPrevented || !getSelection().isCollapsed) return;
  const isArrow = event.key.startsWith("Arrow");
  const key = isArrow && event.shiftKey ? `Shift+${event.key}` : event.key;
  const target = document.querySelector(`[aria-keyshortcuts~="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName === "A") target.click();
  else target.focus();
});
