import { useState } from "preact/hooks";
import { Choices, TextField } from "../parts/Fields";
import { useField } from "../parts/field";
import { t } from "../words";

/** With more people than this a search box comes first. */
const FEW = 8;

interface ChooseProps {
  label: string;
  value: string | null;
  onChoose: (code: string) => void;
  wrong?: string | null;
}

/** A colleague out of those in the bundle; one's own department first. */
export function ChooseColleague({ label, value, onChoose, wrong }: ChooseProps) {
  const field = useField();
  const [search, setSearch] = useState("");
  const me = field.person.value;
  const everybody = field.reference.value.colleagues.filter((each) => each.code !== me?.code);
  const mineFirst = (department: string | null) => (department === me?.department ? 0 : 1);
  const found = everybody
    .filter((each) => `${each.name} ${each.department ?? ""} ${each.code}`.toLowerCase().includes(search.toLowerCase()))
    .sort((one, other) => mineFirst(one.department) - mineFirst(other.department))
    .filter((each, index) => index < FEW || each.code === value);
  return (
    <>
      {everybody.length > FEW && (
        <TextField label={t("hand.search")} value={search} onInput={setSearch} kind="search" />
      )}
      <Choices
        label={label}
        options={found.map((each) => ({ value: each.code, words: each.name }))}
        value={value}
        onChoose={onChoose}
        wrong={wrong}
      />
      {found.length === 0 && <p class="soft">{t("hand.nobody")}</p>}
    </>
  );
}
