/**
 * The screens on invented data, to be looked at and to be tested in a browser; no part of what is shipped.
 * `vite build test/gallery -c vite.config.ts --outDir …`, then open /tablet/<page>?scene=<name>.
 */

import { render } from "preact";
import { App } from "../../src/screens/App";
import { scene } from "./scenes";

const root = document.getElementById("app");
const name = new URLSearchParams(location.search).get("scene") ?? "day";
if (root) render(<App field={scene(name)} />, root);
