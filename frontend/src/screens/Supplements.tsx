import type { FieldOrder } from "../field/contract";
import { useHere } from "../parts/field";
import { Pictures } from "../parts/Photos";
import { moment } from "../parts/when";
import { t } from "../words";

/** What was done although somebody else was faster: it stands beside the result. */
export function Supplements({ order }: { order: FieldOrder }) {
  const here = useHere(order.estate);
  if (!order.supplements.length) return null;
  return (
    <section class="card stack tight">
      <h2>{t("order.supplements")}</h2>
      {order.supplements.map((each, index) => (
        <div key={index} class="side stack tight">
          {each.note && <p>{each.note}</p>}
          <div class="photos">
            <Pictures hashes={each.photos ?? []} name={t("order.supplements")} />
          </div>
          {each.at && <p class="small soft">{moment(each.at, here)}</p>}
        </div>
      ))}
    </section>
  );
}
