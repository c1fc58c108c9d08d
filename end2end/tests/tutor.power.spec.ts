// The server goes in the middle of a talk: what was written is kept, and nothing is lost or doubled when it is back.

import { expect, test } from "../fixtures";
import { own } from "../materials";
import { enrol, talkInPractice } from "../pages/newcomer";

// what was on its way when the server went, and was asked for while it was gone
test.use({ noise: /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|WebSocket connection to|Failed to load resource/ });

test("a talk goes on over a server that is gone for a while", async ({ page, power }) => {
  test.skip(!power.available, "this server is not ours to stop");
  test.setTimeout(300_000);
  await enrol(page);
  const talk = await talkInPractice(page, own("A talk without a server"));
  await talk.write("something quite different that stands on no page");
  await power.kill();
  await expect(talk.line).not.toHaveText("", { timeout: 20_000 });
  await talk.answer.fill("said while nobody was there");
  await talk.answer.press("Enter");
  await expect(talk.answer).toHaveValue("said while nobody was there");
  await power.start();
  await expect(talk.mine.last()).toContainText("said while nobody was there", { timeout: 60_000 });
  await expect(talk.line).toHaveText("", { timeout: 60_000 });
  await expect(talk.mine).toHaveCount(3);
  await talk.whole();
});
