"use strict";
// 照合: what a typed value means, shown beside its field; a wrong one says so and never what would be right.
(() => {
  const digits = (text) => text.normalize("NFKC").replace(/[\s\-‐‑–—―−ー,.]/g, "");
  const closes = (number) => {
    let total = 0;
    [...number.slice(0, -1)].reverse().forEach((digit, place) => {
      const product = Number(digit) * (place % 2 ? 1 : 2);
      total += Math.floor(product / 10) + product % 10;
    });
    return String((10 - total % 10) % 10) === number.slice(-1);
  };
  // 番号法施行令・総務省令5条: eleven digits weighted 2 to 7 and 2 to 6 from the right, modulo 11.
  const closesIndividual = (number) => {
    const total = [...number.slice(0, -1)].reverse().reduce((sum, digit, place) => sum + Number(digit) * (place < 6 ? place + 2 : place - 4), 0);
    return String(total % 11 <= 1 ? 0 : 11 - total % 11) === number.slice(-1);
  };
  const choices = (input) => JSON.parse(input.dataset.choices || "{}");
  const words = JSON.parse(document.getElementById("sheet").dataset.words);
  // Each returns {echo} or {fault}; a look-up answers later through show().
  const judge = {
    date: (text) => { const day = window.keyingDates.parse(text); return day ? { echo: window.keyingDates.show(day) } : { fault: words.date }; },
    month: (text) => { const month = window.keyingDates.parseMonth(text); return month ? { echo: window.keyingDates.showMonth(month) } : { fault: words.month }; },
    code: (text, input) => { const label = choices(input)[digits(text)]; return label ? { echo: label } : { fault: words.code }; },
    bool: (text, input) => judge.code(text, input),
    codes: (text, input) => {
      const labels = text.split(/\s+/).filter(Boolean).map((code) => choices(input)[code]);
      return labels.every(Boolean) ? { echo: labels.join("・") } : { fault: words.code };
    },
    yen: (text) => /^\d{1,10}$/.test(digits(text)) ? { echo: `${Number(digits(text)).toLocaleString("ja-JP")}${words.currency}` } : { fault: words.yen },
    postal_code: (text) => /^\d{7}$/.test(digits(text)) ? {} : { fault: words.lengths },
    kana: (text) => /^[ァ-ヶー・\s]+$/.test(text.normalize("NFKC").replace(/[ぁ-ゖ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 96))) ? {} : { fault: words.kana },
    individual_number: (text) => {
      const number = digits(text);
      if (!/^\d{12}$/.test(number)) return { fault: words.lengths };
      return closesIndividual(number) ? { echo: number.replace(/(.{4})(?=.)/g, "$1 ") } : { fault: words.check };
    },
    number: (text, input) => {
      const number = digits(text), lengths = (input.dataset.lengths || "").split(",").filter(Boolean).map(Number);
      if (lengths.length && (!/^\d+$/.test(number) || !lengths.includes(number.length))) return { fault: words.lengths };
      if (input.dataset.check && !closes(number)) return { fault: words.check };
      return {};
    },
  };
  // One of the three at a time: what it means, what nobody knows, or what is wrong.
  const show = (input, { echo = "", unsure = "", fault = "" }) => {
    const place = document.getElementById(`${input.id}-echo`), words = fault ? "" : unsure ? `△ ${unsure}` : echo;
    place.textContent = place.title = words;
    place.classList.toggle("unsure", Boolean(unsure));
    document.getElementById(`${input.id}-fault`).textContent = fault ? `＊${fault}` : "";
    input.closest(".place").classList.toggle("has-fault", Boolean(fault));
    if (fault) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
  };
  // A look-up that cannot be answered now stays silent; the office judges again when the sheet is submitted.
  const ask = async (address) => {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
      return answer.ok ? await answer.json() : [];
    } catch { return []; }
  };
  const lookUp = async (input) => {
    const kind = input.dataset.lookup, number = digits(input.value), typed = input.value;
    if (kind === "disease") {
      const answer = await ask(`/lookup/disease?q=${encodeURIComponent(typed)}`), found = answer.find((each) => each.code === number);
      if (!found && !answer.length && !navigator.onLine) return;
      if (input.value === typed) show(input, found ? { echo: found.label } : { fault: words.disease });
      return;
    }
    const bank = digits(document.getElementById("reimbursement_claim.bank")?.value || "");
    if (kind === "branch" && !bank) return;
    // ゆうちょの記号: its second and third digit and an 8 (振替口座: 9) are the branch.
    const postal = `${number.slice(1, 3)}${number[0] === "0" ? 9 : 8}`;
    const address = { branch: `branch/${bank}/${number}`, postal_symbol: `branch/9900/${postal}` }[kind] || `${kind}/${number}`;
    const answer = await ask(`/lookup/${address}`);
    if (input.value === typed) show(input, answer.name ? { echo: answer.name } : { unsure: answer.message });
  };
  const echo = (input) => {
    if (!input.value.trim() || input.dataset.unreadable) { show(input, {}); return true; }
    if (input.dataset.sealed) input.dataset.sealed = "typed";
    const result = (judge[input.dataset.kind] || (() => ({})))(input.value, input);
    show(input, result);
    if (!result.fault && input.dataset.lookup) lookUp(input);
    return !result.fault;
  };
  window.keyingEcho = { echo, digits, choices, ask, show };
})();
