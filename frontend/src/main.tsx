import { render } from "preact";
import { App } from "./screens/App";
import { createField } from "./start";

const root = document.getElementById("app");
if (root) render(<App field={createField()} />, root);
