"use strict";
// 入力: both hands on the keyboard; Enter goes on, a full field goes on by itself, nothing needs the mouse.
(() => {
  const words = JSON.parse(document.getElementById("sheet").dataset.words);
  const form = document.getElementById("sheet"), submitButton = document.getElementById("submit");
  const { echo, digits, choices, show } = window.keyingEcho, { isWhole, isWholeMonth } = window.keyingDates;
  const draft = window.keyingDraft, lists = window.keyingLists, help = window.keyingHelp;
  const inputs = [...form.querySelectorAll(".place input")], isField = (target) => target.matches(".place input");
  const auto = document.getElementById("auto"), unreadable = document.getElementById("unreadable");
  const legend = document.getElementById("legend"), legendLabel = document.getElementById("explain-label");
  let composing = false, leaving = false;

  // 移動 ----------------------------------------------------------------------------------------------------------
  const focusOn = (input) => { if (input) { input.focus(); input.select(); } else submitButton.focus(); };
  const go = (input, step) => { const at = inputs.indexOf(input) + step; if (at >= 0) focusOn(inputs[at]); };
  const after = (input, holds) => inputs.find((each, at) => at > inputs.indexOf(input) && holds(each));
  const nextSection = (input) => { const part = input.closest(".part"); focusOn(after(input, (each) => each.closest(".part") !== part)); };
  const nextFault = (input) => { const isFaulty = (each) => each.hasAttribute("aria-invalid"); const found = after(input, isFaulty) || inputs.find(isFaulty); if (found) focusOn(found); };

  const isLastDigitOf = {
    date: (text) => isWhole(text),
    bool: (text) => /^[01]$/.test(text),
    code: (text, input) => { const all = Object.keys(choices(input)); return all.includes(text) && !all.some((code) => code !== text && code.startsWith(text)); },
    postal_code: (text) => /^\d{7}$/.test(text),
    individual_number: (text) => /^\d{12}$/.test(text),
    month: (text, input) => isWholeMonth(input.value),
    // 電話番号: ten digits, eleven for mobile and IP telephones.
    phone: (text) => /^0(?:[5-9]0\d{8}|(?![5-9]0)\d{9})$/.test(text),
    number: (text, input) => { const most = Math.max(0, ...(input.dataset.lengths || "").split(",").map(Number)); return most > 0 && /^\d+$/.test(text) && text.length === most; },
  };
  const isFull = (input) => {
    const kind = input.dataset.kind, text = kind === "date" ? input.value : digits(input.value);
    return Boolean(isLastDigitOf[kind]?.(text, input));
  };
  const explain = (input) => {
    const all = Object.entries(choices(input));
    legendLabel.textContent = input.closest(".place").querySelector("label").title;
    legend.replaceChildren(...all.flatMap(([code, label]) => { const number = document.createElement("b"); number.textContent = code; return [number, ` ${label}`]; }));
    if (!all.length) legend.textContent = input.dataset.help || { date: words.example_date, month: words.example_month }[input.dataset.kind] || (input.dataset.lookup === "disease" ? words.example_disease : "");
  };

  // 鍵盤 ----------------------------------------------------------------------------------------------------------
  const markUnreadable = (input) => {
    const names = new Set(unreadable.value.split(",").filter(Boolean));
    if (names.delete(input.id)) delete input.dataset.unreadable; else { names.add(input.id); input.dataset.unreadable = "1"; }
    unreadable.value = [...names].join(",");
    draft.touch(input);
    if (echo(input) && input.dataset.unreadable) { show(input, { echo: words.unreadable }); go(input, 1); }
  };
  const submit = async () => {
    if (leaving || form.dataset.preview) return;
    leaving = true;
    // The wish stands until everything is saved; typing on takes it back.
    while (leaving && !(await draft.save())) await draft.rest();
    if (leaving) { draft.leave(); HTMLFormElement.prototype.submit.call(form); }
  };
  const breakOff = async () => { if (await draft.save()) { draft.leave(); window.location.href = form.dataset.preview || "/queue/"; } };
  const step = (input, by) => { if (lists.isOpen()) lists.move(by); else go(input, by); };
  const fieldKeys = {
    F2: nextFault, F7: markUnreadable, F8: nextSection,
    F4: (input) => { if (help.sameAsAbove(input)) go(input, 1); },
    ArrowDown: (input) => step(input, 1), ArrowUp: (input) => step(input, -1),
    Enter: (input, event) => { if (lists.isOpen() && !event.shiftKey) lists.takeMarked(); else go(input, event.shiftKey ? -1 : 1); },
  };
  lists.whenTaken((input) => go(input, 1));
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.ctrlKey || event.altKey || !isField(event.target)) return;
    const act = fieldKeys[event.key];
    if (act) { event.preventDefault(); act(event.target, event); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || composing) return;
    if (event.key === "F10" || (event.key === "Enter" && event.ctrlKey)) { event.preventDefault(); submit(); }
    if (event.key === "s" && event.ctrlKey) { event.preventDefault(); draft.save(); }
    if (event.key === "F2" && !isField(event.target)) { event.preventDefault(); nextFault(inputs[inputs.length - 1]); }
    if (event.key === "Escape") { event.preventDefault(); if (lists.isOpen()) lists.close(); else breakOff(); }
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });

  // 日本語入力 -----------------------------------------------------------------------------------------------------
  form.addEventListener("compositionstart", () => { composing = true; lists.close(); });
  form.addEventListener("compositionupdate", (event) => help.readAlong(event.data));
  form.addEventListener("compositionend", (event) => { composing = false; help.offerKana(event.target); lists.suggest(event.target); });
  form.addEventListener("input", (event) => {
    const input = event.target;
    if (!isField(input)) return;
    leaving = false;
    draft.touch(input);
    if (composing || event.isComposing) return;
    if (input.dataset.kind === "name") help.noteSpace?.(input, event.data);
    lists.suggest(input);
    const typing = event.inputType === "insertText" && input.selectionStart === input.value.length;
    if (auto.checked && typing && isFull(input)) go(input, 1);
  });
  form.addEventListener("focusin", (event) => {
    if (!isField(event.target)) return;
    help.forget(); explain(event.target); draft.remember(event.target);
    window.paperScan.follow(inputs.indexOf(event.target) / inputs.length);
  });
  form.addEventListener("focusout", (event) => {
    if (!isField(event.target)) return;
    if (!event.target.dataset.unreadable) echo(event.target);
    if (event.target.dataset.kind === "postal_code") help.fillAddress(event.target);
  });

  // 開いたとき -----------------------------------------------------------------------------------------------------
  try { auto.checked = localStorage.getItem("nanbyo-auto") !== "0"; } catch { /* a private window keeps nothing */ }
  auto.addEventListener("change", () => { try { localStorage.setItem("nanbyo-auto", auto.checked ? "1" : "0"); } catch { /* as above */ } });
  inputs.forEach((input) => { if (input.value && !input.hasAttribute("aria-invalid") && !input.dataset.unreadable) echo(input); });
  inputs.forEach((input) => { if (input.value !== input.defaultValue) draft.touch(input); }); // typed before this script ran
  const summary = form.querySelector(".error-summary");
  // A reload or a new login after an error comes back to the sheet, not to the address it was sent to.
  if (summary) window.history.replaceState(null, "", `/keying/${form.dataset.sheet}`);
  else focusOn(draft.remembered() || inputs.find((input) => !input.value && input.dataset.sealed !== "stored") || inputs[0]);
  form.dataset.ready = "1";
})();
