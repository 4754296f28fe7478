import { useRef } from "preact/hooks";
import { t } from "../words";
import { Button } from "./Button";
import { useCamera } from "./camera";
import { Sheet } from "./Sheet";

/** The camera inside the page, for tablets whose camera app would close this one. */
export function CameraSheet({ onClose, onShot }: { onClose: () => void; onShot: (blob: Blob) => Promise<void> }) {
  const video = useRef<HTMLVideoElement>(null);
  const { state } = useCamera(video);
  const shoot = async () => {
    const blob = video.current && (await frameOf(video.current));
    if (!blob) return;
    await onShot(blob);
    onClose();
  };
  return (
    <Sheet
      title={t("photo.live")}
      onClose={onClose}
      actions={
        <Button look="main-action" icon="camera" disabled={state !== "on"} onPress={shoot}>
          {t("photo.shoot")}
        </Button>
      }
    >
      <Viewfinder video={video} state={state} />
    </Sheet>
  );
}

interface ViewfinderProps {
  video: { current: HTMLVideoElement | null };
  state: "starting" | "on" | "none";
  aim?: boolean;
}

export function Viewfinder({ video, state, aim }: ViewfinderProps) {
  return (
    <>
      {state !== "none" && (
        <div class="viewfinder">
          <video ref={video} muted playsInline tabIndex={-1} />
          {aim && <div class="aim" />}
        </div>
      )}
      <p role="status" class="soft">
        {state === "starting" && t("scan.starting")}
        {state === "on" && aim && t("scan.aim")}
        {state === "none" && (
          <>
            <strong>{t("scan.no_camera")}</strong> {t("scan.no_camera_hint")}
          </>
        )}
      </p>
    </>
  );
}

function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
}
