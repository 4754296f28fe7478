import { agreedLines } from "../../field/orders";
import { useAct } from "../../parts/acting";
import { Button } from "../../parts/Button";
import { useField } from "../../parts/field";
import { t } from "../../words";
import { charged, priceListOf, quotedTerms, totalFen, yuan } from "../rules/money";
import type { StepProps } from "./props";

/** The resident said no: what now. Nothing beyond what he agreed to earlier is charged, whichever way it goes. */
export function Refused({ shown, onPass, onGo }: StepProps) {
  const { order, ref } = shown;
  const field = useField();
  const act = useAct();
  const prices = priceListOf(order, field.reference.value);
  const agreed = agreedLines(order.quote);
  const leave = () => {
    field.keepDraft(ref, "complete", { note: t("refused.left") });
    onPass("materials", "checklist");
  };
  return (
    <>
      <h2>{t("refused.title")}</h2>
      <p class="soft">{t("refused.lead")}</p>
      {order.quote?.note && <p class="long side">{order.quote.note}</p>}
      {agreed && prices && (
        <Button wide onPress={() => onPass()}>
          {t("refused.as_agreed", { sum: yuan(totalFen(charged(agreed, prices, quotedTerms(order)))) })}
        </Button>
      )}
      <Button wide look="main-action" onPress={() => onGo("quote")}>
        {t("refused.quote")}
      </Button>
      <Button wide onPress={() => act(ref, "pause", { reason: t("refused.office_reason") })}>
        {t("refused.office")}
      </Button>
      {!agreed && (
        <Button wide onPress={() => onPass()}>
          {t("refused.safe")}
        </Button>
      )}
      <Button wide onPress={leave}>
        {t("refused.leave")}
      </Button>
    </>
  );
}
