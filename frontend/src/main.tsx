import { render } from "preact";
import { createField } from "./field/field";
import { App } from "./screens/App";

const root = document.getElementById("app");
if (root) render(<App field={createField()} />, root);
