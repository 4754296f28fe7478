import type { Photo } from "../field/contract";
import { reasonOf } from "../parts/acting";
import { tell } from "../parts/toast";
import { t } from "../words";

/** Keeps a signature or photo; says why when there is no room for it, and gives null. */
export function useKept(): (take: () => Promise<Photo>) => Promise<Photo | null> {
  return async (take) => {
    try {
      return await take();
    } catch (error) {
      tell(t("saved.failed", { why: reasonOf(error) }), true);
      return null;
    }
  };
}
