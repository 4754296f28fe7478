import type { ComponentChildren } from "preact";
import { Button } from "../parts/Button";
import { useField } from "../parts/field";
import { Icon } from "../parts/Icon";
import { language, say, t } from "../words";

/** A page that stands alone, without bar or banner. The language can be changed on every one of them. */
export function Alone({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="alone">
      <div class="line apart">
        <p class="brand">
          <Icon name="estate" />
          {t("app.name")}
        </p>
        <LanguageSwitch />
      </div>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

/** Named in the language it leads to, so that who cannot read the present one finds it. */
function LanguageSwitch() {
  const isEnglish = language.value === "en";
  return (
    <button
      type="button"
      class="button plain"
      lang={isEnglish ? "zh-CN" : "en"}
      onClick={() => {
        language.value = isEnglish ? "zh" : "en";
      }}
    >
      {t("me.other_language")}
    </button>
  );
}

export function Starting() {
  return (
    <Alone title={t("app.tablet")}>
      <p role="status" class="soft">
        {t("app.starting")}
      </p>
    </Alone>
  );
}

export function Held() {
  return (
    <Alone title={t("held.title")}>
      <p role="status">{t("held.trying")}</p>
      <p class="soft">{t("held.lead")}</p>
    </Alone>
  );
}

export function Unsupported() {
  const obstacle = useField().obstacle.value;
  return (
    <Alone title={t("unsupported.title")}>
      {obstacle && <p>{say(obstacle)}</p>}
      <p class="soft">{isSecureContext ? t("unsupported.lead") : t("unsupported.secure")}</p>
    </Alone>
  );
}

export function Wiped() {
  const field = useField();
  return (
    <Alone title={t("wiped.title")}>
      {field.obstacle.value && <p>{say(field.obstacle.value)}</p>}
      <p class="soft">{t("wiped.lead")}</p>
      <Button look="main-action" onPress={field.acknowledgeWipe}>
        {t("wiped.again")}
      </Button>
    </Alone>
  );
}
