"use strict";
// 和暦: what was typed as a day, read the same way as the server reads it (rules/era_date.py).
(() => {
  const eras = [["1", "M", "明治", 1868, "1873-01-01"], ["2", "T", "大正", 1912, "1912-07-30"], ["3", "S", "昭和", 1926, "1926-12-25"],
    ["4", "H", "平成", 1989, "1989-01-08"], ["5", "R", "令和", 2019, "2019-05-01"]];
  const plain = (text) => text.normalize("NFKC").replace(/\s/g, "").toUpperCase().replace(/[‐‑–—―−ー・、,]/g, "-")
    .replace(/[年月]/g, ".").replace(/日$/, "");
  const iso = (year, month, day) => {
    const date = new Date(Date.UTC(year, month - 1, day));
    const exact = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    return exact ? date.toISOString().slice(0, 10) : null;
  };
  const inEra = (mark, year, month, day) => {
    const at = eras.findIndex((era) => era.slice(0, 3).includes(mark) || era[2][0] === mark);
    const number = year === "元" ? 1 : Number(year);
    const found = number ? iso(eras[at][3] + number - 1, Number(month), Number(day)) : null;
    const next = eras[at + 1];
    return found && found >= eras[at][4] && (!next || found < next[4]) ? found : null;
  };
  const parse = (text) => {
    const words = plain(text);
    let m = words.match(/^(明治|大正|昭和|平成|令和|[明大昭平令MTSHR1-5])\.?(\d{1,2}|元)[./-](\d{1,2})[./-](\d{1,2})$/)
      || words.match(/^([MTSHR1-5])(\d{2})(\d{2})(\d{2})$/);
    if (m) return inEra(m[1], m[2], m[3], m[4]);
    m = words.match(/^(\d{4})[./-](\d{1,2})[./-](\d{1,2})$/) || words.match(/^(\d{4})(\d{2})(\d{2})$/);
    return m ? iso(Number(m[1]), Number(m[2]), Number(m[3])) : null;
  };
  // A month is the day it begins with.
  const parseMonth = (text) => {
    const words = plain(text), day = parse(/^[MTSHR]?\d+$/.test(words) ? `${words}01` : `${words.replace(/[.\-/]+$/, "")}.1`);
    return day && day.slice(0, 7);
  };
  const isWholeMonth = (text) => /^[1-5]\d{4}$/.test(plain(text)) && !/^(19|20)\d{3}$/.test(plain(text)) || /^(19|20)\d{2}-?\d{2}$/.test(plain(text));
  const showMonth = (month) => show(`${month}-01`).replace(/月1日.*$/, `月(${month})`);
  const show = (day) => {
    const era = [...eras].reverse().find((each) => each[4] <= day);
    if (!era) return day;
    const [year, month, date] = day.split("-").map(Number);
    const count = year - era[3] + 1;
    return `${era[2]}${count === 1 ? "元" : count}年${month}月${date}日(${day})`;
  };
  // Seven digits with an era digit are a whole day; so are eight that begin with a year of our time.
  const isWhole = (text) => /^[1-5]\d{6}$/.test(plain(text)) && !/^(19|20)\d{5}$/.test(plain(text)) || /^(18|19|20)\d{6}$/.test(plain(text));
  window.keyingDates = { parse, show, isWhole, parseMonth, showMonth, isWholeMonth };
})();
