/** Sums of a price list, in fen. Pure. */

import type { FieldOrder, Line, PriceList, Reference } from "../../field/contract";

/** The revision that the request pinned; a quote is never computed from another. */
export function priceListOf(order: FieldOrder, reference: Reference): PriceList | null {
  const pin = order.request?.price_list;
  if (!pin) return null;
  return reference.price_lists.find((each) => each.code === pin.code && each.revision === pin.revision) ?? null;
}

export function totalFen(lines: readonly Line[], prices: PriceList): number {
  return lines.reduce((sum, { line, quantity }) => {
    const price = prices.lines.find((each) => each.code === line)?.price_fen ?? 0;
    return sum + price * quantity;
  }, 0);
}

/** ¥38.00 */
export const yuan = (fen: number): string => `¥${(fen / 100).toFixed(2)}`;

/** The lines with one quantity changed; zero takes a line out, a new one goes last. */
export function withQuantity(lines: readonly Line[], line: string, quantity: number): Line[] {
  if (quantity <= 0) return lines.filter((each) => each.line !== line);
  if (!lines.some((each) => each.line === line)) return [...lines, { line, quantity }];
  return lines.map((each) => (each.line === line ? { line, quantity } : each));
}
