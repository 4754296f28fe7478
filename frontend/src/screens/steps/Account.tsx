import type { PriceLine, PriceList } from "../../field/contract";
import { type Key, say, t } from "../../words";
import { type ChargedLine, type Free, isDivisible, totalFen, yuan } from "../rules/money";
import { Quantity } from "./Quantity";

interface AccountProps {
  prices: PriceList;
  lines: readonly ChargedLine[];
  /** Without it the account is only to be read. */
  onChange?: (line: string, quantity: number) => void;
}

/** The lines, what each costs and why not more, and the one sum that is shown, signed and charged. */
export function Account({ prices, lines, onChange }: AccountProps) {
  return (
    <>
      {lines.map((each) => (
        <Row
          key={each.line}
          row={each}
          price={prices.lines.find(({ code }) => code === each.line) ?? null}
          onChange={onChange}
        />
      ))}
      <p class="sum" role="status">
        <span>{t("repair.total")}</span>
        <span>{yuan(totalFen(lines))}</span>
      </p>
    </>
  );
}

interface RowProps {
  row: ChargedLine;
  price: PriceLine | null;
  onChange: AccountProps["onChange"];
}

function Row({ row, price, onChange }: RowProps) {
  const name = say(price?.name) || row.line;
  const unit = price?.unit ?? "";
  const why = whyFree(row, unit);
  return (
    <div class="price-line">
      <span>
        {name}
        <br />
        <span class="small soft">
          {yuan(price?.price_fen ?? 0)} / {unit}
          {price?.warranty_days ? ` · ${t("repair.warranty", { n: price.warranty_days })}` : ""}
        </span>
        {why && <span class="small soon toned free">{why}</span>}
      </span>
      {onChange ? (
        <Quantity
          label={name}
          unit={unit}
          value={row.quantity}
          divisible={price !== null && isDivisible(price)}
          onChange={(quantity) => onChange(row.line, quantity)}
        />
      ) : (
        <span class="amount">
          × {row.quantity}
          <br />
          {yuan(row.amount_fen)}
        </span>
      )}
    </div>
  );
}

const FREE: Record<Exclude<Free, "not_agreed">, Key> = {
  warranty: "repair.free_warranty",
  refused: "repair.free_refused",
  rework: "repair.free_rework",
};

/** Why a line, or what of it, is not paid for. */
function whyFree({ free, quantity, charged }: ChargedLine, unit: string): string {
  if (!free) return "";
  if (free !== "not_agreed") return t(FREE[free]);
  const rest = Math.round((quantity - charged) * 100) / 100;
  return t("repair.free_not_agreed", { n: rest, unit });
}
