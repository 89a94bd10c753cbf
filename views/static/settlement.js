"use strict";
// 相違の確認: 1, 2, 3 choose, arrows move, F10 confirms; nothing is chosen beforehand.
(() => {
  const form = document.getElementById("differences"), rows = [...form.querySelectorAll("tr.difference")];
  const choose = (row, value) => {
    const radio = row.querySelector(`input[type=radio][value=${value}]`);
    if (!radio) { row.querySelector("input[id^=typed-]").focus(); return; } // 個人番号 is always typed
    if (radio.disabled) return;
    radio.checked = true;
    if (value === "typed") row.querySelector("input[id^=typed-]").focus();
    else (rows[rows.indexOf(row) + 1] || document.getElementById("submit")).focus();
  };
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr.difference");
    if (!row || event.isComposing) return;
    const typing = event.target.matches("input[id^=typed-], input[id^=again-]");
    const next = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && typing) { event.preventDefault(); (rows[rows.indexOf(row) + 1] || document.getElementById("submit")).focus(); }
    else if (next) { event.preventDefault(); rows[rows.indexOf(row) + next]?.focus(); }
    else if (!typing && ["1", "2", "3"].includes(event.key)) { event.preventDefault(); choose(row, ["a", "b", "typed"][Number(event.key) - 1]); }
  });
  form.addEventListener("input", (event) => { if (event.target.matches("input[id^=typed-]")) event.target.closest("tr").querySelector("input[value=typed]").checked = true; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "F10" || (event.key === "Enter" && event.ctrlKey)) { event.preventDefault(); form.requestSubmit(); }
    if (event.key === "Escape") window.location.href = "/queue/";
  });
  form.addEventListener("focusin", (event) => { const row = event.target.closest("tr.difference"); if (row) window.paperScan.follow(Number(row.dataset.share)); });
  form.addEventListener("focusin", (event) => { if (event.target.matches("tr.difference") && event.target.querySelector(".sealed")) event.target.querySelector(".sealed").focus(); });
  if (!form.querySelector(".error-summary")) rows[0]?.focus();
})();
