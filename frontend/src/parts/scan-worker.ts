/** Finds a QR code in a picture, away from the page's thread. Loaded only where the browser cannot do it itself. */

import jsQR from "jsqr";

addEventListener("message", (event: MessageEvent<ImageData>) => {
  const { data, width, height } = event.data;
  postMessage(jsQR(data, width, height, { inversionAttempts: "attemptBoth" })?.data ?? null);
});
