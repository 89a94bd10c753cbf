"use strict";
// 仕事: the bar of a running job moves while the page is open; when the job ends the page shows its result.
(() => {
  const look = async (row) => {
    const answer = await fetch(`/jobs/${row.dataset.job}/progress`, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    const at = await answer.json();
    if (at.over) { window.location.reload(); return; }
    row.querySelector("progress").value = at.percent;
    row.querySelector(".count").textContent = `${at.done} / ${at.total}`;
    row.querySelector(".state").textContent = at.state;
    row.querySelector(".left").textContent = at.left;
  };
  document.querySelectorAll("tr[data-job]").forEach((row) => {
    const again = () => setTimeout(() => look(row).catch(() => {}).finally(again), 2000);
    again();
  });
})();
