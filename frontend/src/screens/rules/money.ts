/**
 * What a repair costs, in fen, and why: the same rule as `charged` of `store/charges/rules.py`, held together by the
 * cases in `frontend/test/charges.json`. What is shown is what is signed and what is charged. Pure.
 */

import type { FieldOrder, Line, PriceLine, PriceList, Quote, Reference } from "../../field/contract";
import { agreedLines } from "../../field/orders";
import measured from "./measured.json";

/** The revision that the request pinned; a quote is never computed from another. */
export function priceListOf(order: FieldOrder, reference: Reference): PriceList | null {
  const pin = order.request?.price_list;
  if (!pin) return null;
  return reference.price_lists.find((each) => each.code === pin.code && each.revision === pin.revision) ?? null;
}

/** Under what the lines of an order are charged. */
export interface Terms {
  quote: Quote | null;
  underWarranty: boolean;
  paidBefore: readonly string[];
}

export const termsOf = ({ quote, request }: FieldOrder): Terms => ({
  quote,
  underWarranty: isUnderWarranty(request),
  paidBefore: request?.paid_before ?? [],
});

export const isUnderWarranty = (request: FieldOrder["request"]): boolean => Boolean(request?.warranty?.request);

/** Of what is quoted: as if the resident had agreed to it. */
export const quotedTerms = (order: FieldOrder): Terms => ({ ...termsOf(order), quote: null });

/** Why a line, or a part of it, costs nothing. */
export type Free = "warranty" | "refused" | "rework" | "not_agreed";

export interface ChargedLine extends Line {
  /** How much of it is paid for. */
  charged: number;
  free: Free | null;
  amount_fen: number;
}

export function charged(used: readonly Line[], prices: PriceList, terms: Terms): ChargedLine[] {
  return used.map(({ line, quantity }) => {
    const [paid, free] = paidOf(line, quantity, terms);
    const price = prices.lines.find((each) => each.code === line)?.price_fen ?? 0;
    return { line, quantity, charged: paid, free, amount_fen: amountFen(price, paid) };
  });
}

function paidOf(line: string, quantity: number, { quote, underWarranty, paidBefore }: Terms): [number, Free | null] {
  const agreed = agreedLines(quote);
  const most = agreed ? (agreed.find((each) => each.line === line)?.quantity ?? 0) : quantity;
  if (underWarranty) return [0, "warranty"];
  if (quote && !agreed) return [0, "refused"];
  if (paidBefore.includes(line)) return [0, "rework"];
  return most < quantity ? [most, "not_agreed"] : [quantity, null];
}

/** Half a fen is rounded up, as on a receipt. A quantity has two decimals at most, so all of it is whole numbers. */
export function amountFen(priceFen: number, quantity: number): number {
  return Math.floor((Math.round(quantity * 100) * priceFen + 50) / 100);
}

export const totalFen = (lines: readonly ChargedLine[]): number =>
  lines.reduce((sum, each) => sum + each.amount_fen, 0);

/** Whether something goes beyond what the resident agreed to. */
export const isBeyond = (lines: readonly ChargedLine[]): boolean => lines.some((each) => each.free === "not_agreed");

/** ¥38.00 */
export const yuan = (fen: number): string => `¥${(fen / 100).toFixed(2)}`;

/** Whether it comes in parts: metres and hours do, pieces do not. As `is_divisible` of `store/catalogue/rules.py`. */
export function isDivisible({ quantities, unit }: Pick<PriceLine, "quantities" | "unit">): boolean {
  return quantities ? quantities === "decimal" : measured.includes((unit ?? "").trim().toLowerCase());
}

/** What was typed, to the hundredth; null for what is no quantity. */
export function quantityOf(typed: string, divisible: boolean): number | null {
  const text = typed.trim().replace(/[,，。]/, ".");
  if (!/^\d{1,4}(\.\d{0,2})?$/.test(text)) return null;
  const quantity = Number(text);
  return quantity > MOST || (!divisible && !Number.isInteger(quantity)) ? null : quantity;
}

export const MOST = 1000;

/** The lines with one quantity changed; zero takes a line out, a new one goes last. */
export function withQuantity(lines: readonly Line[], line: string, quantity: number): Line[] {
  const bare = lines.map((each) => ({ line: each.line, quantity: each.quantity }));
  if (quantity <= 0) return bare.filter((each) => each.line !== line);
  if (!bare.some((each) => each.line === line)) return [...bare, { line, quantity }];
  return bare.map((each) => (each.line === line ? { line, quantity } : each));
}
