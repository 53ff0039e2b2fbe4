// Reads feeds with a feed library of the npm registry and prints their entries as JSON:
// `node_readers.js LIBRARY URL...`.
import { Readable } from "node:stream";

const seconds = (date) => (date ? Math.floor(new Date(date).getTime() / 1000) : null);

const readers = {
  async "rss-parser"(url) {
    const { default: Parser } = await import("rss-parser");
    const feed = await new Parser().parseURL(url);
    return feed.items.map((item) => ({
      id: item.guid ?? item.id,
      url: item.link,
      title: item.title,
      published: seconds(item.isoDate),
      categories: url.endsWith(".rss") ? item.categories ?? [] : undefined, // of Atom it reads none
      enclosures: url.endsWith(".rss") ? (item.enclosure ? [item.enclosure.url] : []) : undefined,
      content: item["content:encoded"] ?? item.content ?? "",
    }));
  },

  async feedparser(url) {
    const { default: FeedParser } = await import("feedparser");
    const body = await (await fetch(url)).text();
    const parser = new FeedParser({ feedurl: url });
    const entries = [];
    const done = new Promise((resolve, reject) => {
      parser.on("error", reject);
      parser.on("end", resolve);
      parser.on("readable", () => {
        for (let item = parser.read(); item; item = parser.read()) entries.push(item);
      });
    });
    Readable.from([body]).pipe(parser);
    await done;
    return entries.map((item) => ({
      id: item.guid,
      url: item.link,
      title: item.title,
      published: seconds(item.pubdate),
      categories: item.categories,
      // Behind the enclosure of RSS it lists what stands in Media RSS.
      enclosures: item.enclosures.slice(0, url.endsWith(".rss") ? 1 : undefined).map((file) => file.url),
      content: item.description === item.summary ? "" : item.description ?? "",
    }));
  },

  async "@rowanmanning/feed-parser"(url) {
    const { parseFeed } = await import("@rowanmanning/feed-parser");
    const feed = parseFeed(await (await fetch(url)).text());
    return feed.items.map((item) => ({
      id: item.id,
      url: item.url,
      title: item.title,
      published: seconds(item.published),
      authors: item.authors.map((author) => author.name),
      categories: item.categories.map((category) => category.term),
      // It unescapes the content once more than the feed escaped it, which is nothing to compare.
    }));
  },
};

const [library, ...urls] = process.argv.slice(2);
console.log(JSON.stringify(await Promise.all(urls.map(readers[library]))));
