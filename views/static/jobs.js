"use strict";
// 仕事: the bar of a running job moves while the page is open; when the job ends the page shows its result.
(() => {
  const look = async (row) => {
    const answer = await fetch(row.dataset.progress, { headers: { Accept: "application/json", "X-Background": "1" }, redirect: "error" });
    if (!answer.ok) return;
    const at = await answer.json();
    if (at.over) { window.location.reload(); return; }
    row.querySelector("progress").value = at.percent;
    const count = row.querySelector(".count");
    if (count) count.textContent = `${at.done} / ${at.total}`;
    row.querySelector(".state").textContent = at.state;
    row.querySelector(".left").textContent = at.left;
  };
  document.querySelectorAll("[data-progress]").forEach((row) => {
    const again = () => setTimeout(() => look(row).catch(() => {}).finally(again), 2000);
    again();
  });
})();
