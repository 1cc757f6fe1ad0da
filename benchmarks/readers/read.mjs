// What two readers of other people make of a feed on standard input, as JSON.
import { readFileSync } from "node:fs";
import { parseRssFeed } from "feedsmith";
import partytime from "podcast-partytime";

const xml = readFileSync(0, "utf-8");
console.log(JSON.stringify({ feedsmith: parseRssFeed(xml), partytime: partytime.parseFeed(xml) }));
