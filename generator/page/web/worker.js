// Answers from what is kept on this device, and keeps nothing itself but the page and its cover.
const folder = new URL(".", location).pathname;
const prefix = `listen:${folder}:`;
const shell = `${prefix}${page.version}`;
const wanted = (name) => `${folder}${name}?v=${page.sounds[name]}`;
const PATIENCE_MS = 3000; // for the page as it is now, before the one that is kept is shown

async function fetched(name) {
  const answer = await fetch(name, { cache: "reload" });
  if (!answer.ok) throw new Error(`${name} is not there`);
  // Some hosts answer from another address, and a browser shows no page that came by a redirect.
  const { headers } = answer;
  return answer.redirected ? new Response(await answer.blob(), { headers }) : answer;
}

async function install() {
  const cache = await caches.open(shell);
  const put = async (name) => cache.put(`${folder}${name}`, await fetched(name));
  await Promise.all(page.shell.map(put));
  await self.skipWaiting();
}

async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix));
  const old = names.filter((name) => name !== shell && name !== `${prefix}sounds`);
  await Promise.all(old.map((name) => caches.delete(name)));
  if (names.includes(`${prefix}sounds`)) {
    const cache = await caches.open(`${prefix}sounds`);
    const known = Object.keys(page.sounds).map(wanted);
    for (const { url } of await cache.keys()) {
      const { pathname, search } = new URL(url);
      if (!known.includes(pathname + search)) await cache.delete(url);
    }
  }
  await self.clients.claim();
}

// A player asks for parts of a sound; what is kept is the whole.
async function part(whole, range) {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  if (!asked) return whole;
  const sound = await whole.blob();
  const first = Number(asked[1]);
  const last = Math.min(asked[2] ? Number(asked[2]) : Infinity, sound.size - 1);
  const size = `/${sound.size}`;
  if (first > last) {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes *${size}` } });
  }
  return new Response(sound.slice(first, last + 1, sound.type), {
    status: 206,
    headers: {
      "Accept-Ranges": "bytes",
      "Content-Range": `bytes ${first}-${last}${size}`,
      "Content-Length": String(last - first + 1),
      "Content-Type": sound.type || "audio/mpeg",
    },
  });
}

async function sound(request, name) {
  const whole = await caches.match(wanted(name), { cacheName: `${prefix}sounds` });
  return whole ? part(whole, request.headers.get("range")) : fetch(request);
}

async function shown(request, name) {
  // Asked for by its name, a cache that was removed is not made again.
  const whole = await caches.match(`${folder}${name}`, { cacheName: shell });
  if (!whole) return fetch(request);
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS, whole));
  return Promise.race([fetch(request), late]).catch(() => whole);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || !pathname.startsWith(folder))
    return;
  const name = pathname.slice(folder.length) || "index.html";
  if (page.shell.includes(name)) event.respondWith(shown(request, name));
  else if (Object.hasOwn(page.sounds, name) && !search) event.respondWith(sound(request, name));
});
