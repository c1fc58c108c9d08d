// Shows Mitochi's own page where the browser would say that there is no network. It keeps that page with its styles,
// picture and font for that moment alone; whatever the server answers comes from the server.

const KEPT = "offline";
const PAGE = "/offline";

async function keep() {
  const answer = await fetch(PAGE, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${PAGE}: ${answer.status}`);
  const styles = [...(await answer.clone().text()).matchAll(/(?:href|src)="(\/[^"]+\.(?:css|png|ico))"/g)].map((found) => found[1]);
  await caches.delete(KEPT);
  const cache = await caches.open(KEPT);
  await cache.put(PAGE, answer);
  await cache.addAll([...new Set(styles), "/fonts/nunito-latin-wght-normal.woff2"]);
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(PAGE)) ?? Response.error()));
  } else if (["style", "image", "font"].includes(request.destination)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
