// Warta on a news page: counts the page views, and fills the Populer and UPDATE boxes. How to use it: docs/embed.md.
// It needs nothing and keeps nothing; whatever goes wrong, the page stays as it was.
(() => {
  "use strict";

  const FEEDS = { populer: "popular", update: "latest", terbaru: "latest" };
  const PATIENCE = 3000; // milliseconds that a box waits for its feed
  const TAG = 'script[src*="/embed.js"]';
  const BOX = ["warta", "category", "window", "limit", "more"]; // the attributes of a box, without data-

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

  const tag = document.currentScript ?? document.querySelector(TAG); // a module has no current script
  if (!isWeb(tag?.src)) return;
  const base = new URL(".", tag.src).href;

  const running = Symbol.for("warta"); // a page may hold the tag twice, or add one for each article
  if (window[running]) return window[running](tag);
  window[running] = read;

  // --- page views ------------------------------------------------------------------------------------------------

  const counted = new Set(); // each article counts once until the page is loaded again
  let current = ""; // the article on the page, until somebody sees it
  let queue = []; // the articles that somebody saw, until there is consent
  let consent; // undefined: no consent is needed

  function view(article) {
    current = `${article ?? ""}`.trim();
    look();
  }

  // Not in a background tab, nor while the browser prerenders. Coming back through history is no new view.
  function look() {
    if (document.prerendering || document.visibilityState !== "visible") return;
    if (current && !counted.has(current) && consent !== "refused" && !optsOut()) {
      counted.add(current);
      queue.push(current);
    }
    current = "";
    send();
  }

  function send() {
    if (consent !== undefined && consent !== "given") return;
    const articles = queue;
    queue = [];
    articles.forEach(count);
  }

  // Both outlive the page. sendBeacon cannot but send the cookies of the site, so it is for those who have no other.
  async function count(article) {
    try {
      const url = `${base}articles/${encodeURIComponent(article)}/views`;
      if ("keepalive" in Request.prototype) {
        await fetch(url, { method: "POST", mode: "no-cors", keepalive: true, credentials: "omit" });
      } else {
        navigator.sendBeacon(url);
      }
    } catch {} // Warta is away
  }

  // Views that were refused are forgotten: a later consent is for later views.
  function decide(answer) {
    consent = answer;
    if (answer === "refused") {
      queue.forEach((article) => counted.delete(article));
      queue = [];
    }
    send();
  }

  function optsOut() {
    const signals = { gpc: navigator.globalPrivacyControl, dnt: navigator.doNotTrack === "1" };
    return (tag.dataset.respect ?? "").toLowerCase().split(/[\s,]+/).some((signal) => signals[signal]);
  }

  // A tag that the page has from the start, or adds later for another article.
  function read({ dataset }) {
    readConsent(dataset);
    view(dataset.article);
  }

  // Any value but "given" and "refused" means: not yet.
  function readConsent(dataset) {
    const answer = dataset.consent?.trim().toLowerCase();
    if (answer === "given" || answer === "refused") decide(answer);
    else consent ??= answer;
  }

  // --- boxes -----------------------------------------------------------------------------------------------------

  const filled = new WeakMap(); // the boxes, each with the attributes for which it was filled and its own content

  function fillAll() {
    document.querySelectorAll("[data-warta]").forEach((box) => fill(box).catch(() => {}));
  }

  async function fill(box) {
    const [name, category, span, limit, more] = BOX.map((attribute) => (box.dataset[attribute] ?? "").trim());
    const wish = [name, category, span, limit, more].join("\n");
    const last = filled.get(box);
    if (last?.wish === wish) return;
    if (last) box.replaceChildren(...last.content); // it showed another feed
    filled.set(box, { wish, content: [...box.childNodes] });
    if (!name) return;
    const made = await content(feedPath(name, category, span), limit, more);
    if (made && filled.get(box).wish === wish) box.replaceChildren(...made);
  }

  // `popular`, `category/Dinamika/popular/7d`, `tag/asean`. Warta redirects from a name to its slug.
  function feedPath(feed, category, span) {
    const name = FEEDS[feed.toLowerCase()] ?? feed;
    const path = category ? ["category", category.replace(/\//g, " ")] : [];
    if (!category || name !== "latest") path.push(...name.split("/").filter(Boolean));
    if (name === "popular" && span) path.push(span);
    return path.map(encodeURIComponent).join("/");
  }

  async function content(path, limit, more) {
    const count = Math.min(Math.max(parseInt(limit, 10) || 10, 1), 100);
    const { feed, page } = await load(`${path}.headlines.json?limit=${count}`);
    const words = WORDS[/^id\b/i.test(feed.language) ? "id" : "en"];
    const items = feed.items.filter((item) => isWeb(item.url)).map((item) => listItem(item, words));
    if (!items.length) return;
    const link = element("a", { href: absolute(more) ?? page, title: feed.title }, words.more);
    return [
      element(feed.ranked ? "ol" : "ul", { className: "warta-list", lang: feed.language }, ...items),
      element("p", { className: "warta-more", lang: feed.language }, link),
    ];
  }

  const loading = {}; // boxes of the same feed share it

  function load(path) {
    return (loading[path] ??= request(base + path).finally(() => delete loading[path]));
  }

  // The headlines, and the URL of the feed's page, which has no other spelling.
  async function request(url) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const answer = await fetch(url, { credentials: "omit", signal: patience.signal });
      const feed = answer.ok ? await answer.json() : { items: [] };
      return { feed, page: answer.url.replace(/\.headlines\.json.*/, "") };
    } finally {
      clearTimeout(timer);
      patience.abort(); // an answer that nobody reads would keep its connection
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

  function absolute(url) {
    try {
      const { href } = new URL(url, document.baseURI);
      return url && isWeb(href) ? href : null;
    } catch {
      return null;
    }
  }

  // Strings become text, whatever they hold.
  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // --- both ------------------------------------------------------------------------------------------------------

  // A site that shows the next article without loading a page changes the tag, or adds boxes.
  function follow(changes) {
    for (const { target, attributeName } of changes) {
      if (!attributeName || !target.matches(TAG)) continue;
      if (attributeName === "data-article") view(target.dataset.article);
      if (attributeName === "data-consent") readConsent(target.dataset);
    }
    fillAll();
  }

  function start() {
    read(tag);
    fillAll();
    ["visibilitychange", "prerenderingchange"].forEach((change) => document.addEventListener(change, look));
    const attributeFilter = ["article", "consent", ...BOX].map((name) => `data-${name}`);
    new MutationObserver(follow).observe(document, { subtree: true, childList: true, attributeFilter });
  }

  readConsent(tag.dataset);
  // An element with the id `warta` has this name, too. But a variable of the page's own scripts stays.
  if (!window.warta || window.warta instanceof Node) {
    window.warta = { view, consent: (given) => decide(given ? "given" : "refused") };
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
