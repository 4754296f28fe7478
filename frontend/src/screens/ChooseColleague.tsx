import { useState } from "preact/hooks";
import type { Colleague } from "../field/contract";
import { Choices, TextField } from "../parts/Fields";
import { useField } from "../parts/field";
import { say, t } from "../words";

/** With more people than this a search box comes first. */
const FEW = 8;

interface ChooseProps {
  label: string;
  value: string | null;
  onChoose: (code: string) => void;
  wrong?: string | null;
}

/** A name is found in both of its languages. */
const searched = ({ name, department, code }: Colleague): string =>
  [typeof name === "string" ? name : `${name.zh} ${name.en ?? ""}`, department, code].join(" ").toLowerCase();

/** A colleague out of those in the bundle; one's own department first. */
export function ChooseColleague({ label, value, onChoose, wrong }: ChooseProps) {
  const field = useField();
  const [search, setSearch] = useState("");
  const me = field.person.value;
  const everybody = field.reference.value.colleagues.filter((each) => each.code !== me?.code);
  const mineFirst = (department: string | null) => (department === me?.department ? 0 : 1);
  const found = everybody
    .filter((each) => searched(each).includes(search.toLowerCase()))
    .sort((one, other) => mineFirst(one.department) - mineFirst(other.department))
    .filter((each, index) => index < FEW || each.code === value);
  return (
    <>
      {everybody.length > FEW && (
        <TextField label={t("hand.search")} value={search} onInput={setSearch} kind="search" />
      )}
      <Choices
        label={label}
        options={found.map((each) => ({ value: each.code, words: say(each.name) }))}
        value={value}
        onChoose={onChoose}
        wrong={wrong}
      />
      {found.length === 0 && <p class="soft">{t("hand.nobody")}</p>}
    </>
  );
}
