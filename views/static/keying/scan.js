"use strict";
// 原本画像: F6 zooms, Shift+F6 turns, PageUp and PageDown change the page; it follows the field in focus.
(() => {
  const scan = document.querySelector(".scan");
  if (!scan) { window.paperScan = { follow: () => {} }; return; }
  const image = document.getElementById("scan-image"), pages = Number(scan.dataset.pages);
  let zoom = 1, turn = 0, page = 1;
  // The zoom a clerk works with stays from sheet to sheet; how one paper lies does not.
  try { zoom = Number(localStorage.getItem("nanbyo-zoom")) || 1; } catch { /* a private window keeps nothing */ }
  const draw = () => { scan.className = `scan zoom-${zoom} turned-${turn}`; };
  const enlarge = () => { zoom = zoom % 3 + 1; try { localStorage.setItem("nanbyo-zoom", zoom); } catch { /* as above */ } };
  const turnTo = (number) => {
    const next = Math.min(Math.max(number, 1), pages);
    if (next === page) return;
    page = next;
    image.src = `/scan/${scan.dataset.sheet}/${page}`;
  };
  // How far through the sheet (0 to 1) the clerk is; the papers are taken to be filled evenly.
  const follow = (share) => {
    turnTo(Math.floor(share * pages) + 1);
    const within = share * pages - (page - 1);
    scan.scrollTo({ top: Math.max(0, scan.scrollHeight * within - scan.clientHeight / 2) });
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "F6") { event.preventDefault(); if (event.shiftKey) turn = (turn + 1) % 4; else enlarge(); draw(); }
    if ((event.key === "PageDown" || event.key === "PageUp") && pages > 1) { event.preventDefault(); turnTo(page + (event.key === "PageDown" ? 1 : -1)); }
  });
  draw();
  window.paperScan = { follow };
})();
