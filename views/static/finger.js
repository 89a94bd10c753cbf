"use strict";
// 指の確認: asks the office for a question, hands it to the reader, and brings the answer back; the words are the page's.
(() => {
  const post = (form, address, content) => fetch(address, {
    method: "POST", redirect: "error", body: JSON.stringify(content),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value } });
  const ask = async (form, address, content) => {
    const answer = await post(form, address, content), told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    // A half login that took too long begins again with the password.
    if (answer.status === 401 && !told.message) window.location.assign("/login/");
    throw Object.assign(new Error(), { told: told.message });
  };
  const readers = {
    get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
    create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  };
  const wordOf = { NotAllowedError: "refused", InvalidStateError: "known", SecurityError: "address", TypeError: "away" };
  const tell = (form, words) => { const place = form.querySelector("[data-problem]"); place.textContent = words; place.hidden = !words; };
  const prove = async (form) => {
    const content = Object.fromEntries([...form.querySelectorAll("[data-send]")].map((input) => [input.dataset.send, input.value]));
    if (form.dataset.question) {
      const options = await ask(form, form.dataset.question, content);
      content.answer = (await readers[form.dataset.kind](options)).toJSON();
    }
    return ask(form, form.dataset.answer, content);
  };
  const onward = (form, told) => {
    const held = document.getElementById(form.closest("[data-then]")?.dataset.then || "");
    if (held) held.submit();
    else if (form.dispatchEvent(new CustomEvent("proven", { bubbles: true, cancelable: true }))) window.location.assign(told.onward);
  };
  const start = async (form) => {
    const button = form.querySelector("button"), words = JSON.parse(form.dataset.words);
    if (button.disabled) return;
    button.disabled = true;
    tell(form, "");
    try { onward(form, await prove(form)); }
    catch (wrong) { tell(form, wrong.told || words[wordOf[wrong.name]] || words.refused); button.disabled = false; button.focus(); return; }
    form.querySelectorAll("[type=password]").forEach((input) => { input.value = ""; });
    button.disabled = false;
  };
  document.querySelectorAll("form.proof").forEach((form) => {
    form.addEventListener("submit", (event) => { event.preventDefault(); start(form); });
    if ("auto" in form.dataset) start(form);
  });
})();
