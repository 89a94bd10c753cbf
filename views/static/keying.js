"use strict";
// 入力: both hands on the keyboard, every field kept as soon as it is typed.
(() => {
  const form = document.getElementById("sheet"), first = form.dataset.turn === "1";
  const { echo, digits, choices, ask } = window.keyingEcho, { isWhole } = window.keyingDates;
  const inputs = [...form.querySelectorAll(".place input")];
  const list = document.getElementById("suggestions"), legend = document.getElementById("legend"), saved = document.getElementById("saved");
  const auto = document.getElementById("auto"), unreadable = document.getElementById("unreadable");
  const token = form.querySelector("[name=csrf_token]").value;
  let composing = false, leaving = false, readings = "";

  // 下書き --------------------------------------------------------------------------------------------------------
  const dirty = new Map();
  let timer = null, sending = false;
  const body = () => ({ raw: Object.fromEntries(dirty), unreadable: unreadable.value.split(",").filter(Boolean) });
  const save = async () => {
    timer = null;
    if (sending || !dirty.size) return;
    sending = true;
    const sent = new Map(dirty);
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body()), keepalive: true, redirect: "error" });
      const result = await answer.json();
      if (!answer.ok) throw new Error(result.message || "");
      sent.forEach((value, name) => { if (dirty.get(name) === value) dirty.delete(name); });
      saved.textContent = `保存済み ${result.saved}`; saved.className = "";
    } catch (problem) {
      saved.textContent = problem.message || "未保存 — つながりしだい保存します"; saved.className = "waiting";
    } finally {
      sending = false;
      if (dirty.size) timer = timer || setTimeout(save, 1500);
    }
  };
  const touch = (input) => { dirty.set(input.id, input.value); timer = timer || setTimeout(save, 400); };
  window.addEventListener("pagehide", () => { if (dirty.size && !leaving) save(); });
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden && !leaving) save(); });

  // 移動 ----------------------------------------------------------------------------------------------------------
  const go = (input, step) => { const next = inputs[inputs.indexOf(input) + step]; if (next) { next.focus(); next.select(); } else if (step > 0) document.getElementById("submit").focus(); };
  const isFull = (input) => {
    const text = input.value, kind = input.dataset.kind;
    if (kind === "date") return isWhole(text);
    if (kind === "bool") return /^[01]$/.test(digits(text));
    if (kind === "code") { const plain = digits(text), all = Object.keys(choices(input)); return all.includes(plain) && !all.some((code) => code !== plain && code.startsWith(plain)); }
    if (kind === "postal_code") return /^\d{7}$/.test(digits(text));
    const lengths = (input.dataset.lengths || "").split(",").filter(Boolean).map(Number);
    return lengths.length === 1 && digits(text).length === lengths[0] && /^\d+$/.test(digits(text));
  };
  const explain = (input) => {
    const all = Object.entries(choices(input));
    legend.textContent = all.length && all.length <= 16 ? all.map(([code, label]) => `${code} ${label}`).join("  ") : "";
  };

  // 候補 ----------------------------------------------------------------------------------------------------------
  let owner = null;
  const close = () => { list.hidden = true; list.replaceChildren(); if (owner) { owner.setAttribute("aria-expanded", "false"); owner.removeAttribute("aria-activedescendant"); } owner = null; };
  const mark = (place) => { [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place))); const item = list.children[place]; if (item && owner.getAttribute("role")) owner.setAttribute("aria-activedescendant", item.id); };
  const marked = () => [...list.children].findIndex((item) => item.getAttribute("aria-selected") === "true");
  const take = (item) => { const input = owner; input.value = item.dataset.code; close(); touch(input); echo(input); go(input, 1); };
  const open = (input, found) => {
    close();
    if (!found.length) return;
    owner = input;
    found.forEach(({ code, label }, at) => { const item = document.createElement("li"); item.id = `suggestion-${at}`; item.role = "option"; item.dataset.code = code; item.textContent = `${code} ${label}`; item.addEventListener("mousedown", (event) => { event.preventDefault(); take(item); }); list.append(item); });
    const box = input.getBoundingClientRect();
    list.classList.toggle("above", box.bottom > window.innerHeight - 280);
    list.hidden = false;
    list.style.setProperty("left", `${box.left}px`);
    list.style.setProperty("top", box.bottom > window.innerHeight - 280 ? `${Math.max(4, box.top - list.offsetHeight - 2)}px` : `${box.bottom + 2}px`);
    if (input.getAttribute("role")) input.setAttribute("aria-expanded", "true");
    mark(0);
  };
  const suggest = async (input) => {
    const typed = input.value.trim();
    if (input.dataset.lookup === "disease") {
      if (!typed || /^[\d０-９]+$/.test(typed)) { close(); return; }
      const found = typed.length < 2 ? [] : await ask(`/lookup/disease?q=${encodeURIComponent(typed)}`);
      if (document.activeElement === input && input.value.trim() === typed) open(input, found);
    } else if (input.dataset.kind === "code" && typed && !/^[\d０-９]+$/.test(typed)) {
      open(input, Object.entries(choices(input)).filter(([code, label]) => label.includes(typed) || code === typed).map(([code, label]) => ({ code, label })));
    } else close();
  };

  // 一回目だけの助け: 二回目は手で打ち直すことに意味がある -------------------------------------------------------------
  const partner = (input, from, to) => document.getElementById(input.id.replace(from, to));
  const fillAddress = async (input) => {
    const target = partner(input, "postal_code", "address");
    if (!first || !target || target.value || !/^\d{7}$/.test(digits(input.value))) return;
    const answer = await ask(`/lookup/postal/${digits(input.value)}`);
    if (answer.name && !target.value) { target.value = answer.name; touch(target); if (document.activeElement === target) target.setSelectionRange(target.value.length, target.value.length); }
  };
  const toKatakana = (text) => text.normalize("NFKC").replace(/[ぁ-ゖ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 96));
  const offerKana = (input) => {
    const target = document.getElementById(`${input.id}_kana`);
    if (!first || !target || target.value || !readings.trim()) return;
    target.value = readings.trim(); touch(target); echo(target);
  };
  const sameAsAbove = (input) => {
    const [, group, field] = input.id.match(/^([a-z_]+)\.(?:\d+\.)?([a-z_]+)$/);
    const above = input.id.match(/\.(\d+)\./);
    const source = above && Number(above[1]) > 0 ? document.getElementById(input.id.replace(/\.(\d+)\./, (_all, row) => `.${row - 1}.`))
      : document.getElementById(`patient.patient_${field.replace(/^(applicant|insured|member)_/, "")}`);
    if (first && source && source.value && group) { input.value = source.value; touch(input); echo(input); go(input, 1); }
  };

  // 鍵盤 ----------------------------------------------------------------------------------------------------------
  const markUnreadable = (input) => {
    const names = new Set(unreadable.value.split(",").filter(Boolean));
    if (names.has(input.id)) { names.delete(input.id); delete input.dataset.unreadable; } else { names.add(input.id); input.dataset.unreadable = "1"; }
    unreadable.value = [...names].join(",");
    touch(input); echo(input);
  };
  const submit = () => { leaving = true; if (timer) clearTimeout(timer); form.requestSubmit(); };
  const nextFault = (from) => { const faulty = inputs.filter((input) => input.getAttribute("aria-invalid")); const next = faulty.find((input) => inputs.indexOf(input) > inputs.indexOf(from)) || faulty[0]; next?.focus(); };
  const nextSection = (input) => { const part = input.closest(".places.line, .part").closest(".part"); const next = inputs.find((each) => inputs.indexOf(each) > inputs.indexOf(input) && each.closest(".part") !== part); if (next) { next.focus(); next.select(); } else document.getElementById("submit").focus(); };
  const fieldKeys = {
    F2: nextFault, F4: sameAsAbove, F7: markUnreadable, F8: nextSection,
    ArrowDown: (input) => { if (owner) mark(Math.min(marked() + 1, list.children.length - 1)); else go(input, 1); },
    ArrowUp: (input) => { if (owner) mark(Math.max(marked() - 1, 0)); else go(input, -1); },
  };
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.isComposing || composing || !input.matches(".place input")) return;
    if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); if (owner && !event.shiftKey) take(list.children[Math.max(marked(), 0)]); else go(input, event.shiftKey ? -1 : 1); return; }
    const act = fieldKeys[event.key];
    if (act) { event.preventDefault(); act(input); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "F10" || (event.key === "Enter" && event.ctrlKey)) { event.preventDefault(); submit(); }
    if (event.key === "s" && event.ctrlKey) { event.preventDefault(); save(); }
    if (event.key === "Escape") { if (owner) close(); else { save(); window.location.href = "/queue/"; } }
  });
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionupdate", (event) => { const kana = toKatakana(event.data || ""); if (/^[ァ-ヶー\s]+$/.test(kana)) event.target.dataset.reading = kana; });
  form.addEventListener("compositionend", (event) => { composing = false; readings += event.target.dataset.reading || ""; delete event.target.dataset.reading; offerKana(event.target); });
  form.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.matches(".place input")) return;
    touch(input);
    if (composing || event.isComposing) return;
    suggest(input);
    if (auto.checked && event.inputType !== "deleteContentBackward" && isFull(input) && input.selectionStart === input.value.length) go(input, 1);
  });
  form.addEventListener("focusin", (event) => { if (event.target.matches(".place input")) { explain(event.target); readings = ""; follow(event.target); } });
  form.addEventListener("focusout", (event) => { const input = event.target; if (input.matches(".place input")) { if (owner === input) close(); echo(input); if (input.dataset.kind === "postal_code") fillAddress(input); } });
  form.addEventListener("submit", () => { leaving = true; });

  // 原本画像 ------------------------------------------------------------------------------------------------------
  const scan = document.querySelector(".scan");
  const follow = (input) => { if (scan && scan.scrollHeight > scan.clientHeight) scan.scrollTo({ top: (scan.scrollHeight - scan.clientHeight) * inputs.indexOf(input) / inputs.length }); };
  if (scan) {
    let zoom = 1, turn = 0, page = 1;
    document.addEventListener("keydown", (event) => {
      if (event.key === "F6") { event.preventDefault(); if (event.shiftKey) { turn = (turn + 1) % 4; } else { zoom = zoom % 3 + 1; } scan.className = `scan zoom-${zoom} turned-${turn}`; }
      if ((event.key === "PageDown" || event.key === "PageUp") && Number(scan.dataset.pages) > 1) { event.preventDefault(); page = Math.min(Math.max(page + (event.key === "PageDown" ? 1 : -1), 1), Number(scan.dataset.pages)); document.getElementById("scan-image").src = `/scan/${scan.dataset.sheet}/${page}`; }
    });
  }
  auto.addEventListener("change", () => { try { localStorage.setItem("nanbyo-auto", auto.checked ? "1" : "0"); } catch { /* a private window keeps nothing */ } });
  try { auto.checked = localStorage.getItem("nanbyo-auto") !== "0"; } catch { /* as above */ }
  inputs.forEach((input) => { if (input.value && !input.getAttribute("aria-invalid")) echo(input); });
  const start = form.querySelector(".error-summary") ? inputs.find((input) => input.getAttribute("aria-invalid")) : inputs.find((input) => !input.value) || inputs[0];
  if (!form.querySelector(".error-summary")) start?.focus();
})();
