import type { Field } from "./contract";
import { fakeField } from "./fake";

export function createField(): Field {
  return fakeField();
}
