"""Pictures as people bring them."""

from io import BytesIO

from PIL import Image, ImageDraw


def drawn(width: int = 160, height: int = 100) -> bytes:
    """A floor plan as PNG: walls and rooms."""
    picture = Image.new("RGB", (width, height), "#f4f1ea")
    pen = ImageDraw.Draw(picture)
    for left, top, right, bottom in ((4, 6, 44, 46), (44, 6, 96, 46), (4, 46, 69, 94), (69, 46, 96, 94)):
        box = (left * width // 100, top * height // 100, right * width // 100, bottom * height // 100)
        pen.rectangle(box, outline="#555", width=max(1, width // 200))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
