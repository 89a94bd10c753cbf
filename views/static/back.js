"use strict";
// 共通認証から戻る: the page now belongs to this site, so its own cookie goes along with what the provider sent.
(async () => {
  const form = document.getElementById("back");
  const answer = await fetch("/login/provider/token", { headers: { Accept: "application/json" }, redirect: "error" });
  form.elements.csrf_token.value = (await answer.json()).token;
  form.submit();
})();
