"use strict";
// 下書き: every field is at the office within a second of being typed; what is not there yet stays in this window.
(() => {
  const form = document.getElementById("sheet"), saved = document.getElementById("saved");
  const unreadable = document.getElementById("unreadable"), token = form.querySelector("[name=csrf_token]");
  const place = `cursor-${form.dataset.keying}`;
  const isTrial = "preview" in form.dataset;  // an administrator tries the sheet out: nothing typed is sent anywhere
  const words = JSON.parse(form.dataset.words);
  const dirty = new Map();
  let timer = null, sending = null, left = false, lastWords = "", isRetry = false;

  const say = (words, waiting) => { saved.textContent = words; saved.className = waiting ? "waiting" : ""; };
  // A clerk whose session ended logs in in another window; this window then asks for a valid token and goes on.
  const renew = async () => {
    const answer = await fetch("/keying/token", { headers: { Accept: "application/json", ...byItself() }, redirect: "error" });
    if (!answer.ok) throw new Error();
    token.value = (await answer.json()).token;
  };
  // What this window sends again by itself is no use of the screen (app/sessions.py).
  const byItself = () => isRetry ? { "X-Background": "1" } : {};
  const post = (content) => fetch(`/keying/draft/${form.dataset.keying}`, {
    method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token.value, ...byItself() }, keepalive: true, redirect: "error",
    body: JSON.stringify({ raw: content, unreadable: unreadable.value.split(",").filter(Boolean) }) });
  const send = async () => {
    const sent = new Map(dirty);
    let answer = await post(Object.fromEntries(sent));
    if (answer.status === 400 || answer.status === 401 || answer.status === 403) { await renew(); answer = await post(Object.fromEntries(sent)); }
    if (answer.status === 409) { lastWords = (await answer.json()).message; throw new Error(); }
    if (!answer.ok) throw new Error();
    sent.forEach((value, name) => { if (dirty.get(name) === value) dirty.delete(name); });
    lastWords = "";
    say(`${words.saved} ${(await answer.json()).saved}`, false);
  };
  // One request at a time, so that a later value never loses against an earlier one; true when nothing is left to send.
  const save = async () => {
    clearTimeout(timer); timer = null;
    if (sending) await sending;
    if (!dirty.size) return true;
    let done = false;
    sending = send().then(() => { done = true; }, () => { say(lastWords || words.waiting, true); });
    await sending;
    sending = null;
    isRetry = !done;
    if (dirty.size && !timer) timer = setTimeout(save, done ? 300 : 2000);
    return done && !dirty.size;
  };
  const touch = (input) => { if (isTrial) return; isRetry = false; dirty.set(input.id, input.value); if (!timer) timer = setTimeout(save, 400); };
  const remember = (input) => { try { sessionStorage.setItem(place, input.id); } catch { /* the first empty field will do */ } };
  const remembered = () => { try { return document.getElementById(sessionStorage.getItem(place) || ""); } catch { return null; } };
  const rest = () => new Promise((go) => { setTimeout(go, 1000); });
  const leave = () => { left = true; clearTimeout(timer); };

  const hurry = () => { if (dirty.size && !left) post(Object.fromEntries(dirty)).catch(() => {}); };
  window.addEventListener("pagehide", hurry);
  document.addEventListener("visibilitychange", () => { if (document.hidden) hurry(); });
  window.addEventListener("online", save);
  document.addEventListener("uncovered", save);
  window.addEventListener("focus", () => { if (dirty.size) save(); });
  window.addEventListener("beforeunload", (event) => { if (dirty.size && !left && saved.className === "waiting") event.preventDefault(); });
  window.keyingDraft = { touch, save, rest, leave, remember, remembered, stay: () => { left = false; } };
})();
