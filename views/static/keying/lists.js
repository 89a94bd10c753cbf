"use strict";
// 候補: diseases and codes found by a part of their name; arrows choose, Enter takes, Esc closes.
(() => {
  const form = document.getElementById("sheet"), list = document.getElementById("suggestions");
  const { echo, choices, ask } = window.keyingEcho, { touch } = window.keyingDraft;
  const onlyDigits = /^[\d０-９]+$/;
  let owner = null, onTake = () => {};

  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    if (owner) { owner.setAttribute("aria-expanded", "false"); owner.removeAttribute("aria-activedescendant"); }
    owner = null;
  };
  const marked = () => [...list.children].findIndex((item) => item.getAttribute("aria-selected") === "true");
  const mark = (at) => {
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    const item = list.children[at];
    if (item) { item.scrollIntoView({ block: "nearest" }); owner.setAttribute("aria-activedescendant", item.id); }
  };
  const move = (step) => mark(Math.min(Math.max(marked() + step, 0), list.children.length - 1));
  const take = (item) => { const input = owner; input.value = item.dataset.code; close(); touch(input); echo(input); onTake(input); };
  const line = ({ code, label }, at) => {
    const item = document.createElement("li");
    Object.assign(item, { id: `suggestion-${at}`, role: "option", textContent: `${code} ${label}` });
    item.dataset.code = code;
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(item); });
    return item;
  };
  const open = (input, found) => {
    close();
    if (!found.length) return;
    owner = input;
    list.replaceChildren(...found.map(line));
    list.hidden = false;
    const box = input.getBoundingClientRect(), below = box.bottom + 2, fits = below + list.offsetHeight < window.innerHeight - 70;
    list.style.setProperty("left", `${Math.min(box.left, window.innerWidth - list.offsetWidth - 8)}px`);
    list.style.setProperty("top", `${fits ? below : Math.max(4, box.top - list.offsetHeight - 2)}px`);
    input.setAttribute("aria-expanded", "true");
    mark(0);
  };
  const suggest = async (input) => {
    const typed = input.value.trim();
    if (!typed || onlyDigits.test(typed)) close();
    else if (input.dataset.lookup === "disease") {
      const found = typed.length < 2 ? [] : await ask(`/lookup/disease?q=${encodeURIComponent(typed)}`);
      if (document.activeElement === input && input.value.trim() === typed) open(input, [...found]);
    } else if (input.dataset.kind === "code") {
      open(input, Object.entries(choices(input)).map(([code, label]) => ({ code, label })).filter((each) => each.label.includes(typed)));
    } else close();
  };
  form.addEventListener("focusout", () => close());
  window.keyingLists = { suggest, close, move, isOpen: () => Boolean(owner), takeMarked: () => take(list.children[Math.max(marked(), 0)]), whenTaken: (act) => { onTake = act; } };
})();
