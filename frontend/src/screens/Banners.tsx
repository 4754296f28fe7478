import { Button } from "../parts/Button";
import { useField } from "../parts/field";
import { Icon } from "../parts/Icon";
import { span } from "../parts/when";
import { say, t } from "../words";
import { Link } from "./Link";
import { decisions } from "./rules/conflicts";
import { isUndecided } from "./rules/entries";

/** A minute's difference is the network's and nobody's business. */
const WORTH_SAYING_MS = 2 * 60_000;

/** What the person should know, in words and never in the way. */
export function Banners() {
  const field = useField();
  const { online, silent, sending, offsetMs, problem } = field.connection.value;
  const undecided = decisions(field.entries.value);
  const unsent = field.entries.value.filter((each) => !isUndecided(each)).length;
  const { low } = field.storage.value;
  return (
    <div role="status" class="banners">
      {(!online || silent) && (
        <p class="banner">
          <Icon name={silent ? "late" : "offline"} />
          {t(`banner.${silent ? "silent" : "offline"}${unsent ? "_n" : ""}`, { n: unsent })}
        </p>
      )}
      {online && sending && unsent > 0 && (
        <p class="banner calm">
          <Icon name="sending" />
          {t("banner.sending", { n: unsent })}
        </p>
      )}
      {online && problem && (
        <p class="banner bad">
          <Icon name="late" />
          {say(problem)}
        </p>
      )}
      {undecided > 0 && (
        <p class="banner bad">
          <Icon name="late" />
          {t("banner.decide", { n: undecided })}
          <Link to="/pending" class="button">
            {t("banner.decide_go")}
          </Link>
        </p>
      )}
      {low && (
        <p class="banner bad">
          <Icon name="late" />
          {t("banner.storage")}
        </p>
      )}
      {offsetMs !== null && Math.abs(offsetMs) > WORTH_SAYING_MS && (
        <p class="banner">
          <Icon name="clock" />
          {t(offsetMs < 0 ? "banner.clock_fast" : "banner.clock_slow", { n: span(offsetMs) })}
        </p>
      )}
      {field.update.value && (
        <p class="banner calm">
          <Icon name="info" />
          {t("banner.update")}
          <Button onPress={field.applyUpdate}>{t("banner.update_go")}</Button>
        </p>
      )}
    </div>
  );
}
