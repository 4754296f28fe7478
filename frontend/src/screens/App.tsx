import type { Field } from "../field/contract";

/** The whole app: which screen is shown, by phase and address. */
export function App({ field }: { field: Field }) {
  return <main lang="zh-CN">{field.phase.value}</main>;
}
