// Suggestions below the search box while a reader types: a combobox with a list, by the pattern of WAI-ARIA 1.2. Without
// this script the box searches as ever.
"use strict";

{
  const WAIT = 120; // milliseconds without a further letter
  const { address } = document.currentScript.dataset;
  const box = document.querySelector('.search:not(.within) input[name="q"]');
  if (box) suggestFor(box, address, WAIT);
}

function suggestFor(box, address, wait) {
  const make = (attributes, ...content) => {
    const element = document.createElement("span");
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content); // strings become texts
    return element;
  };
  const list = make({ id: "suggestions", class: "suggestions", role: "listbox", "aria-label": "检索提示", hidden: "" });
  const status = make({ class: "visually-hidden", role: "status" });
  let paths = [], chosen = -1, timer = 0, asking = null;

  const choose = (number) => {
    chosen = number;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", at === chosen);
    box.removeAttribute("aria-activedescendant");
    if (chosen < 0) return;
    box.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = (texts, notes, newPaths) => {
    paths = newPaths;
    list.replaceChildren(...texts.map((text, at) => (
      make({ id: `suggestion-${at}`, role: "option" }, make({}, text), " ", make({ class: "note" }, notes[at]))
    )));
    list.hidden = texts.length === 0;
    box.setAttribute("aria-expanded", !list.hidden);
    status.textContent = list.hidden ? "" : `${texts.length} 条检索提示，用上下键选取`;
    choose(-1);
  };
  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    show([], [], []);
  };
  const go = (number) => {
    const path = paths[number];
    close();
    location.assign(path);
  };
  const ask = async () => {
    close();
    const text = box.value.trim();
    if (!text) return;
    asking = new AbortController();
    const answer = await fetch(`${address}?${new URLSearchParams({ q: text.slice(0, 40) })}`, { signal: asking.signal })
      .then((response) => response.ok && response.json())
      .catch(() => null); // called off, or not to be had: the box works without
    if (answer && text === box.value.trim() && document.activeElement === box) show(...answer.slice(1));
  };
  const askSoon = () => {
    close(); // the list is never one for another text
    timer = setTimeout(ask, wait);
  };

  box.parentElement.append(list, status);
  for (const [name, value] of Object.entries({
    autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) box.setAttribute(name, value);
  box.addEventListener("compositionstart", close);
  box.addEventListener("compositionend", askSoon);
  box.addEventListener("input", (event) => event.isComposing || askSoon());
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    // The key that ends a composition has the code 229 in Safari. It belongs to the input method.
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], places = paths.length + 1; // the box itself is one
    if (step && list.hidden) ask();
    else if (step) choose(((chosen + 1 + step + places) % places) - 1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && chosen >= 0) go(chosen);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // else the box loses the focus before the click
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) go([...list.children].indexOf(option));
  });
}
