import { useState } from "preact/hooks";
import type { EmergencyPlan } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { Restored, useDraft } from "../parts/draft";
import { Choices, TextField } from "../parts/Fields";
import { useField } from "../parts/field";
import { Sheet } from "../parts/Sheet";
import { say, t } from "../words";
import { Calls } from "./Calls";
import { Page } from "./Frame";
import { lastPlace } from "./rules/alarms";

/** Help for oneself, by one large button and without a sound; and the start of an emergency plan. Both without a network. */
export function Help() {
  const field = useField();
  const act = useAct();
  const estates = field.person.value?.estates ?? [];
  const form = useDraft(null, "help", {
    estate: estates[0]?.code ?? "",
    place: lastPlace(field.orders.value, (point) => say(point.name)),
    words: "",
  });
  const { estate, place, words } = form.value;
  const [plan, setPlan] = useState<EmergencyPlan | null>(null);
  const plans = field.reference.value.plans.filter((each) => each.estate === estate);
  const said = { place: place.trim() || undefined, words: words.trim() || undefined, estate: estate || undefined };
  return (
    <Page title={t("help.title")} inside>
      <div class="stack">
        <Calls />
        <Button look="main-action" more="help-button" icon="help" onPress={() => act(null, "call_for_help", said)}>
          {t("help.call")}
        </Button>
        <p class="soft">{t("help.lead")}</p>
        <Restored form={form} />
        {estates.length > 1 && (
          <Choices
            label={t("report.estate")}
            options={estates.map((each) => ({ value: each.code, words: say(each.name) }))}
            value={estate}
            onChoose={(estate) => form.set({ estate })}
          />
        )}
        <TextField label={t("report.place")} value={place} onInput={(place) => form.set({ place })} max={200} />
        <TextField label={t("help.words")} value={words} onInput={(words) => form.set({ words })} long />
        <section class="stack tight" aria-labelledby="plans">
          <h2 id="plans">{t("help.plans")}</h2>
          <p class="soft">{plans.length ? t("help.plans_lead") : t("help.no_plans")}</p>
          {plans.map((each) => (
            <Button key={each.code} wide icon="report" look="danger" onPress={() => setPlan(each)}>
              {say(each.name)}
            </Button>
          ))}
        </section>
      </div>
      {plan && (
        <Sheet
          title={say(plan.name)}
          onClose={() => setPlan(null)}
          actions={
            <>
              <Button onPress={() => setPlan(null)}>{t("do.cancel")}</Button>
              <Button
                look="danger"
                onPress={async () => {
                  if (await act(null, "start_plan", { plan: plan.code, ...said }, [], form.name)) setPlan(null);
                }}
              >
                {t("help.start")}
              </Button>
            </>
          }
        >
          <p>{t("help.start_sure", { n: plan.steps, place: place.trim() || t("help.no_place") })}</p>
        </Sheet>
      )}
    </Page>
  );
}
