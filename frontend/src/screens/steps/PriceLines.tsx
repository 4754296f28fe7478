import { useState } from "preact/hooks";
import type { Line, PriceList } from "../../field/contract";
import { useAct } from "../../parts/acting";
import { Dock } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { Restored, useDraft } from "../../parts/draft";
import { TextField } from "../../parts/Fields";
import { useField } from "../../parts/field";
import { Sheet } from "../../parts/Sheet";
import { say, t } from "../../words";
import {
  charged,
  isBeyond,
  priceListOf,
  quotedTerms,
  type Terms,
  termsOf,
  totalFen,
  withQuantity,
  yuan,
} from "../rules/money";
import { Account } from "./Account";
import type { StepProps } from "./props";

/** The price before the work: what is chosen here is what the resident is asked to agree to. */
export function QuoteLines({ shown, onPass, onDone }: StepProps) {
  const { order, ref } = shown;
  const act = useAct();
  const prices = priceListOf(order, useField().reference.value);
  const form = useDraft<{ lines: Line[] }>(ref, "quote", { lines: order.quote?.lines ?? [] });
  const { lines } = form.value;
  const [tried, setTried] = useState(false);
  const save = async () => {
    setTried(true);
    if (lines.length && (await act(ref, "quote", { lines }, [], form.name))) onDone();
  };
  return (
    <>
      <h2>{t("repair.quote")}</h2>
      <Restored form={form} />
      <p class="soft">{t("repair.quote_hint")}</p>
      <Chosen prices={prices} terms={quotedTerms(order)} lines={lines} onChange={(lines) => form.set({ lines })} />
      {tried && !lines.length && (
        <p class="late toned" role="alert">
          {t("repair.quote_missing")}
        </p>
      )}
      <Dock>
        {/* What costs nothing has no lines either: both steps ask nothing. */}
        <Button onPress={() => onPass("materials")}>{t("repair.quote_free")}</Button>
        <Button look="main-action" onPress={save}>
          {t("do.next")}
        </Button>
      </Dock>
    </>
  );
}

/** What was really used. More than the resident agreed to is asked for again, or knowingly given away. */
export function Materials({ shown, onPass, onDone }: StepProps) {
  const { order, ref } = shown;
  const act = useAct();
  const prices = priceListOf(order, useField().reference.value);
  const agreed = order.quote?.agreed ?? order.quote?.lines ?? [];
  const before = order.materials.length ? order.materials : order.quote?.state === "refused" ? [] : agreed;
  const form = useDraft<{ lines: Line[] }>(ref, "materials", { lines: before });
  const { lines } = form.value;
  const cost = prices ? charged(lines, prices, termsOf(order)) : [];
  const beyond = isBeyond(cost);

  const save = async () => {
    if (await act(ref, "materials", { lines, ...(beyond ? { waived: true } : {}) }, [], form.name)) onDone();
  };
  /** Kept as used first: what the resident says to the new sum decides only what is charged of it. */
  const askAgain = async () => {
    if (!(await act(ref, "materials", { lines, waived: true }, [], form.name))) return;
    if (await act(ref, "quote", { lines })) onDone();
  };
  const none = async () => {
    if (!order.materials.length) onPass();
    else if (await act(ref, "materials", { lines: [] }, [], form.name)) onPass();
  };
  return (
    <>
      <h2>{t("repair.materials")}</h2>
      <Restored form={form} />
      <p class="soft">{t("repair.materials_hint")}</p>
      <Chosen prices={prices} terms={termsOf(order)} lines={lines} onChange={(lines) => form.set({ lines })} />
      {beyond && prices && (
        <p class="soon toned" role="status">
          {t("repair.beyond", { sum: yuan(totalFen(charged(lines, prices, quotedTerms(order)))) })}
        </p>
      )}
      <Dock>
        {beyond ? (
          <>
            <Button onPress={save}>{t("repair.waive")}</Button>
            <Button look="main-action" onPress={askAgain}>
              {t("repair.ask_again")}
            </Button>
          </>
        ) : (
          <>
            <Button onPress={none}>{t("repair.quote_free")}</Button>
            <Button look="main-action" onPress={lines.length ? save : none}>
              {t("do.next")}
            </Button>
          </>
        )}
      </Dock>
    </>
  );
}

interface ChosenProps {
  prices: PriceList | null;
  terms: Terms;
  lines: Line[];
  onChange: (lines: Line[]) => void;
}

/** The lines that are chosen, with their sum and a way to more. */
function Chosen({ prices, terms, lines, onChange }: ChosenProps) {
  const [choosing, setChoosing] = useState(false);
  if (!prices) return <p class="soon toned">{t("repair.no_prices")}</p>;
  const add = (line: string) => {
    onChange(withQuantity(lines, line, (lines.find((each) => each.line === line)?.quantity ?? 0) + 1));
    setChoosing(false);
  };
  return (
    <div>
      <Account
        prices={prices}
        lines={charged(lines, prices, terms)}
        onChange={(line, quantity) => onChange(withQuantity(lines, line, quantity))}
      />
      <Button icon="plus" wide onPress={() => setChoosing(true)}>
        {t("repair.add")}
      </Button>
      {choosing && <ChooseLine prices={prices} onClose={() => setChoosing(false)} onChoose={add} />}
    </div>
  );
}

interface ChooseLineProps {
  prices: PriceList;
  onChoose: (line: string) => void;
  onClose: () => void;
}

function ChooseLine({ prices, onChoose, onClose }: ChooseLineProps) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = prices.lines.filter((each) => `${each.name.zh} ${each.name.en ?? ""}`.toLowerCase().includes(wanted));
  return (
    <Sheet title={say(prices.name)} onClose={onClose}>
      <TextField label={t("repair.search")} value={search} onInput={setSearch} kind="search" />
      <ul>
        {found.map((each) => (
          <li key={each.code} class="price-line">
            <span>
              {say(each.name)}
              <br />
              <span class="small soft">
                {yuan(each.price_fen)} / {each.unit}
              </span>
            </span>
            <Button icon="plus" label={`${t("repair.add")}：${say(each.name)}`} onPress={() => onChoose(each.code)}>
              {null}
            </Button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
