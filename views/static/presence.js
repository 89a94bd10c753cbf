"use strict";
// 画面の覆い: when nobody used the screen the office locks it; the page then covers itself and keeps what was typed.
(() => {
  const cover = document.getElementById("cover"), title = document.title;
  const background = { Accept: "application/json", "X-Background": "1" };
  const TOUCH_EVERY = 60000, AFTER_A_SUBMIT = 1500;
  let timer = null, touched = Date.now(), isCovered = false;

  const arm = (seconds) => { clearTimeout(timer); timer = setTimeout(() => look(), (seconds + 1) * 1000); };
  const show = (why) => {
    cover.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== why; });
    document.title = document.getElementById("cover-title").textContent;
    document.documentElement.classList.add("covered");
    isCovered = true;
    if (!cover.open) cover.showModal();
  };
  const uncover = () => {
    if (!isCovered) return;
    isCovered = false;
    document.title = title;
    document.documentElement.classList.remove("covered");
    cover.close();
    document.dispatchEvent(new Event("uncovered"));
  };
  const read = async (answer) => {
    if (answer.status === 401) { show("over"); return; }
    if (!answer.ok) { arm(5); return; }
    const at = await answer.json();
    // Somebody else logged in here meanwhile: what this page shows is not hers to see.
    if (String(at.person) !== cover.dataset.person) { window.location.assign("/"); return; }
    document.querySelectorAll("[name=csrf_token]").forEach((field) => { field.value = at.token; });
    if (at.locked) show("locked"); else { uncover(); arm(at.seconds); }
  };
  const look = (headers = background) => fetch("/presence/state", { headers, redirect: "error" }).then(read, () => arm(5));
  // Somebody types or points without sending anything: that is using the screen, told at most once a minute.
  const touch = () => {
    if (isCovered || Date.now() - touched < TOUCH_EVERY) return;
    touched = Date.now();
    look({ Accept: "application/json" });
  };

  ["keydown", "pointerdown", "wheel"].forEach((kind) => document.addEventListener(kind, touch, { passive: true }));
  document.addEventListener("submit", () => setTimeout(() => look(), AFTER_A_SUBMIT));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  window.addEventListener("focus", () => { if (isCovered) look(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  // Keys of the page below reach nothing while it is covered.
  window.addEventListener("keydown", (event) => { if (isCovered && !cover.contains(event.target)) { event.stopImmediatePropagation(); event.preventDefault(); } }, true);
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => { if (isCovered) cover.showModal(); });
  cover.addEventListener("proven", (event) => { event.preventDefault(); look(); });
  document.querySelector("form[data-lock]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    fetch(form.action, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": form.elements.csrf_token.value } }).finally(() => look());
  });
  arm(Number(cover.dataset.seconds));
})();
