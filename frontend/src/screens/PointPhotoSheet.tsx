import type { Checkpoint, ShownOrder } from "../field/contract";
import { lacksPhoto } from "../field/scans";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { PhotoTaker } from "../parts/Photos";
import { Sheet } from "../parts/Sheet";
import { say, t } from "../words";

/** Asks for the photo of a checkpoint right after its scan, which is kept whether or not one is taken. */
export function PointPhotoSheet({ shown, point, onClose }: Props) {
  const act = useAct();
  const { order, ref } = shown;
  const photos = order.photos.filter((each) => each.checkpoint === point.code);
  const now = order.checkpoints.find((each) => each.code === point.code);
  const lacks = now !== undefined && lacksPhoto(now, order.photos);
  return (
    <Sheet
      title={t("patrol.photo_of", { name: say(point.name) })}
      onClose={onClose}
      actions={
        <Button look={lacks ? "plain" : "main-action"} onPress={onClose}>
          {t(lacks ? "patrol.photo_later" : "patrol.photo_done")}
        </Button>
      }
    >
      <p>{t(lacks ? "patrol.photo_why" : "patrol.photo_taken")}</p>
      <PhotoTaker
        label={t("patrol.photo")}
        purpose="other"
        hashes={photos.map((each) => each.hash)}
        isOfNow
        onTaken={({ hash }) => act(ref, "photograph", { checkpoint: point.code, photos: [hash] })}
      />
    </Sheet>
  );
}

interface Props {
  shown: ShownOrder;
  point: Checkpoint;
  onClose: () => void;
}
