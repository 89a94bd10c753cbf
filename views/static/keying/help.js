"use strict";
// 一回目だけの助け: town, kana and 同上 are offered in the first keying; the second is typed by hand, or it proves nothing.
(() => {
  const form = document.getElementById("sheet");
  if (form.dataset.turn !== "1") { window.keyingHelp = { fillAddress: () => {}, readAlong: () => {}, offerKana: () => {}, sameAsAbove: () => false, forget: () => {} }; return; }
  const { echo, digits, ask } = window.keyingEcho, { touch } = window.keyingDraft;
  const byId = (id) => document.getElementById(id);
  const onlyNumber = /^[\d０-９\-－ー―‐−の丁目番地号\s]*$/;
  let reading = "", latest = "";

  const fillAddress = async (input) => {
    const target = byId(input.id.replace("postal_code", "address")), code = digits(input.value);
    if (target === input || !target || !/^\d{7}$/.test(code) || !onlyNumber.test(target.value)) return;
    const answer = await ask(`/lookup/postal/${code}`);
    // Who types faster than the network has begun with the house number; the town goes before it.
    if (!answer.name || !onlyNumber.test(target.value)) return;
    target.value = answer.name + target.value;
    touch(target);
    if (document.activeElement === target) target.setSelectionRange(target.value.length, target.value.length);
  };
  const toKatakana = (text) => text.normalize("NFKC").replace(/[ぁ-ゖ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 96));
  const readAlong = (text) => { const kana = toKatakana(text || ""); if (/^[ァ-ヶー\s]+$/.test(kana)) latest = kana; };
  const offerKana = (input) => {
    reading += latest; latest = "";
    const target = byId(`${input.id}_kana`);
    if (!target || !reading || (target.value && target.dataset.offered !== target.value)) return;
    target.value = target.dataset.offered = reading;
    touch(target); echo(target);
  };
  // A blank between family and given name is typed outside the conversion.
  const noteSpace = (input, data) => { if (reading && /^[ 　]$/.test(data || "")) { reading += " "; offerKana(input); } };
  const above = (input) => {
    const line = input.id.match(/\.(\d+)\./);
    if (line) return Number(line[1]) > 0 ? byId(input.id.replace(/\.\d+\./, `.${line[1] - 1}.`)) : null;
    return byId(input.id.replace(/^\w+\.(applicant|insured)_/, "patient.patient_"));
  };
  const sameAsAbove = (input) => {
    const source = above(input);
    if (!source || source === input || !source.value) return false;
    input.value = source.value;
    touch(input); echo(input);
    return true;
  };
  window.keyingHelp = { fillAddress, readAlong, offerKana, noteSpace, sameAsAbove, forget: () => { reading = ""; latest = ""; } };
})();
