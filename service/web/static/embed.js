// Warta on a news page: counts the page view, and fills the Populer and UPDATE boxes. How to use it: docs/embed.md.
// It needs nothing and keeps nothing; whatever goes wrong, the page stays as it was.
(() => {
  "use strict";

  const FEEDS = { populer: "popular", update: "latest", terbaru: "latest" };
  const PATIENCE = 3000; // milliseconds that a box waits for its feed

  // The words of service/web/localization.py; a week begins where Date's does.
  const WORDS = {
    id: {
      more: "Selengkapnya",
      days: "Minggu Senin Selasa Rabu Kamis Jumat Sabtu".split(" "),
      months: "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(" "),
    },
    en: {
      more: "More",
      days: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" "),
      months: "January February March April May June July August September October November December".split(" "),
    },
  };

  // Modules have no current script.
  const tag = document.currentScript ?? document.querySelector('script[src*="/embed.js"]');
  if (!isWeb(tag?.src)) return;
  const base = new URL(".", tag.src).href;

  // --- the page view ---------------------------------------------------------------------------------------------

  function countOnce(article) {
    const counted = (window[Symbol.for("warta.counted")] ??= new Set()); // a page may hold the tag twice
    if (!article || counted.has(article)) return;
    counted.add(article);
    whenVisible(() => count(`${base}articles/${encodeURIComponent(article)}/views`));
  }

  // Not in a background tab, nor while the browser prerenders. Coming back through history is no new view.
  function whenVisible(act) {
    const changes = ["visibilitychange", "prerenderingchange"];
    const look = () => {
      if (document.prerendering || document.visibilityState !== "visible") return;
      changes.forEach((change) => document.removeEventListener(change, look));
      act();
    };
    changes.forEach((change) => document.addEventListener(change, look));
    look();
  }

  // Both outlive the page. sendBeacon cannot but send the cookies of the site, so it is for those who have no other.
  function count(url) {
    if ("keepalive" in Request.prototype) {
      fetch(url, { method: "POST", mode: "no-cors", keepalive: true, credentials: "omit" }).catch(() => {});
    } else {
      navigator.sendBeacon(url);
    }
  }

  // --- the boxes -------------------------------------------------------------------------------------------------

  async function fill(box) {
    const { limit, more } = box.dataset;
    const name = feedName(box.dataset);
    const feed = await load(`${name}.headlines.json?limit=${Number(limit) || 10}`);
    const words = WORDS[/^id\b/i.test(feed.language) ? "id" : "en"];
    const items = feed.items.filter((item) => isWeb(item.url)).map((item) => listItem(item, words));
    if (!items.length) return;
    const link = element("a", { href: isWeb(more) ? more : base + name, title: feed.title }, words.more);
    box.replaceChildren(
      element(feed.ranked ? "ol" : "ul", { className: "warta-list", lang: feed.language }, ...items),
      element("p", { className: "warta-more", lang: feed.language }, link),
    );
  }

  // `popular`, `category/dinamika/popular/7d`; any other feed by its own name.
  function feedName({ warta, category, window }) {
    const name = FEEDS[warta.toLowerCase()] ?? warta;
    const listName = category && `category/${encodeURIComponent(slug(category))}`;
    return name === "popular" ? [listName, name, window].filter(Boolean).join("/") : listName || name;
  }

  // As service/articles/slugs.py makes slugs of names; a slug stays. A name with symbols stays, too: Warta redirects it.
  function slug(name) {
    if (/[\p{Sm}\p{Sc}\p{So}#%*@!?]|^[-.]|-$/u.test(name)) return name;
    const plain = name.normalize("NFKD").toLowerCase().replace(/['’‘ʼ`\u0300-\u036f]/g, "").normalize("NFC");
    return plain.replace(/[^\p{L}\p{N}\p{M}]+/gu, "-").replace(/^-|-$/g, "");
  }

  const loading = {}; // boxes of the same feed share it

  function load(path) {
    return (loading[path] ??= request(base + path));
  }

  async function request(url) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const answer = await fetch(url, { credentials: "omit", signal: patience.signal });
      return answer.ok ? await answer.json() : { items: [] };
    } finally {
      clearTimeout(timer);
    }
  }

  function listItem({ url, title, language, date_published: date }, words) {
    const link = element("a", { href: url, className: "warta-link", lang: language ?? "" }, title);
    const time = element("time", { dateTime: date }, longDate(date, words));
    return element("li", { className: "warta-item" }, link, element("div", { className: "warta-time" }, time));
  }

  // `Kamis, 12 Februari 2026 | 02:33`: as the feed writes it, in the site's time zone, not the visitor's.
  function longDate(date, { days, months }) {
    const [, year, month, day, time] = date.match(/^(\d+)-(\d+)-(\d+)T(\d+:\d+)/);
    const weekday = days[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
    return `${weekday}, ${Number(day)} ${months[month - 1]} ${year} | ${time}`;
  }

  function isWeb(url) {
    return /^https?:\/\//i.test(url);
  }

  // Strings become text, whatever they hold.
  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // --- both ------------------------------------------------------------------------------------------------------

  function start() {
    countOnce(tag.dataset.article);
    document.querySelectorAll("[data-warta]").forEach((box) => fill(box).catch(() => {}));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
