// Comforts of the pages: copy the URL of a feed, and find topics and authors while typing. Every page works without it.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch { // a page over http has no clipboard
      field.select();
      document.execCommand("copy");
      button.focus();
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

const PAUSE = 200; // milliseconds after the last key, before the server is asked

for (const form of document.querySelectorAll("[data-find]")) {
  const list = form.parentElement.querySelector(".found");
  let timer = 0;
  let asked = 0;

  const show = (feeds) => {
    list.replaceChildren(...feeds.map((feed) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = feed.page;
      link.textContent = feed.label;
      item.append(link);
      return item;
    }));
    if (!feeds.length) {
      const item = document.createElement("li");
      item.textContent = form.dataset.none;
      list.append(item);
    }
  };

  const find = async () => {
    const text = form.elements.q.value.trim();
    const mine = ++asked;
    if (text.length < 2) {
      list.replaceChildren();
      return;
    }
    const answer = await fetch(`${form.dataset.find}?${new URLSearchParams({ q: text, kind: form.dataset.kind })}`);
    const found = answer.ok ? (await answer.json()).feeds : [];
    if (mine === asked) show(found); // a later answer may have been faster
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => find().catch(() => list.replaceChildren()), PAUSE);
  });
}
