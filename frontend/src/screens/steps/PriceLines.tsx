import { useState } from "preact/hooks";
import type { Line, PriceList } from "../../field/contract";
import { useAct } from "../../parts/acting";
import { Dock } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { Restored, useDraft } from "../../parts/draft";
import { Stepper, TextField } from "../../parts/Fields";
import { useField } from "../../parts/field";
import { Sheet } from "../../parts/Sheet";
import { say, t } from "../../words";
import { priceListOf, totalFen, withQuantity, yuan } from "../rules/money";
import type { StepProps } from "./props";

/** The quote before, and what was really used after: the same lines of the same pinned price list. */
export function PriceLines({ shown, step, onPass, onDone }: StepProps) {
  const { order, ref } = shown;
  const act = useAct();
  const isQuote = step.name === "quote";
  const prices = priceListOf(order, useField().reference.value);
  const before = isQuote
    ? (order.quote?.lines ?? [])
    : order.materials.length
      ? order.materials
      : (order.quote?.lines ?? []);
  const verb = isQuote ? "quote" : "materials";
  const form = useDraft(ref, verb, { lines: before });
  const { lines } = form.value;
  const [wrong, setWrong] = useState(false);
  const save = async () => {
    if (!lines.length) return setWrong(true);
    if (await act(ref, verb, { lines }, [], form.name)) onDone();
  };
  return (
    <>
      <h2>{t(isQuote ? "repair.quote" : "repair.materials")}</h2>
      <Restored form={form} />
      <p class="soft">{t(isQuote ? "repair.quote_hint" : "repair.materials_hint")}</p>
      {prices ? (
        <Lines prices={prices} lines={lines} onChange={(lines) => form.set({ lines })} />
      ) : (
        <p class="soon toned">{t("repair.no_prices")}</p>
      )}
      {wrong && !lines.length && (
        <p class="late toned" role="alert">
          {t("repair.quote_missing")}
        </p>
      )}
      <Dock>
        <Button onPress={onPass}>{t("repair.quote_free")}</Button>
        <Button look="main-action" onPress={save}>
          {t("do.next")}
        </Button>
      </Dock>
    </>
  );
}

interface LinesProps {
  prices: PriceList;
  lines: Line[];
  /** The server's sum, which knows of a warranty; without one it is added up here. */
  total?: number | null;
  onChange?: (lines: Line[]) => void;
}

/** The chosen lines with their sum; without `onChange` only to be read. */
export function Lines({ prices, lines, total, onChange }: LinesProps) {
  const [choosing, setChoosing] = useState(false);
  return (
    <div>
      {lines.map(({ line, quantity }) => {
        const price = prices.lines.find((each) => each.code === line);
        const name = say(price?.name) || line;
        return (
          <div key={line} class="price-line">
            <span>
              {name}
              <br />
              <span class="small soft">
                {yuan(price?.price_fen ?? 0)} / {price?.unit}
                {price?.warranty_days ? ` · ${t("repair.warranty", { n: price.warranty_days })}` : ""}
              </span>
            </span>
            {onChange ? (
              <Stepper label={name} value={quantity} onChange={(n) => onChange(withQuantity(lines, line, n))} />
            ) : (
              <span>× {quantity}</span>
            )}
          </div>
        );
      })}
      {onChange && (
        <Button icon="plus" wide onPress={() => setChoosing(true)}>
          {t("repair.add")}
        </Button>
      )}
      <p class="sum" role="status">
        <span>{t("repair.total")}</span>
        <span>{yuan(total ?? totalFen(lines, prices))}</span>
      </p>
      {choosing && onChange && (
        <ChooseLine
          prices={prices}
          onClose={() => setChoosing(false)}
          onChoose={(line) => {
            onChange(withQuantity(lines, line, (lines.find((each) => each.line === line)?.quantity ?? 0) + 1));
            setChoosing(false);
          }}
        />
      )}
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
