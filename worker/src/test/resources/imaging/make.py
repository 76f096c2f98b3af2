"""Small images of every kind that is read, and what Pillow makes of them (made with Pillow 13.0.0, numpy 2.4.6).

Writes beside itself: the images, and expected.json with width, height and the sha256 of the upright RGB bytes.
16-bit grey is scaled (value // 257); everything else is Pillow's exif_transpose and convert("RGB").
"""
import hashlib, io, json, pathlib
import numpy as np
from PIL import Image, ImageOps

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20261124)
W, H = 41, 29
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([x * 255 / W, y * 255 / H, (x + y) * 255 / (W + H)], -1)
base = Image.fromarray(np.clip(smooth + rng.normal(0, 12, (H, W, 3)), 0, 255).astype(np.uint8))
noise = Image.fromarray(rng.integers(0, 256, (H, W, 3), dtype=np.uint8))
alpha = Image.fromarray(np.dstack([np.asarray(base), rng.integers(0, 256, (H, W), dtype=np.uint8)]), "RGBA")
grey16 = Image.fromarray(rng.integers(0, 65536, (H, W)).astype(np.uint16))
frames = [base, ImageOps.mirror(base), ImageOps.flip(base)]
files = {}


def save(name, image, **options):
    image.save(here / name, **options)
    files[name] = (here / name).read_bytes()


def patched(name, source, *changes):
    data = bytearray(files[source])
    for at, value in changes:
        data[at] = value
    files[name] = bytes(data)
    (here / name).write_bytes(data)


for o in range(1, 9):
    exif = Image.Exif()
    exif[274] = o
    save(f"orientation{o}.jpg", base, exif=exif, quality=90)
    if o in (3, 6):
        save(f"orientation{o}.png", base, exif=exif)
        save(f"orientation{o}.webp", base, exif=exif, lossless=True)
        save(f"orientation{o}.tif", base, tiffinfo={274: o}, compression="tiff_lzw")

for s, name in enumerate(("444", "422", "420")):
    save(f"sampling{name}.jpg", base, quality=92, subsampling=s)
save("restarts.jpg", noise, quality=80, restart_marker_blocks=3)
save("noise.jpg", noise, quality=100)
save("noise-progressive.jpg", noise, quality=100, progressive=True)
save("restarts-progressive.jpg", noise, quality=60, progressive=True, restart_marker_blocks=2)
save("rgb-coded.jpg", base, quality=92, keep_rgb=True)
save("one.jpg", base.crop((0, 0, 1, 1)))
save("cmyk.jpg", base.convert("CMYK"), quality=92, subsampling=2)
adobe = files["cmyk.jpg"].find(b"Adobe")
patched("ycck.jpg", "cmyk.jpg", (adobe + 11, 2))
segment = files["cmyk.jpg"][adobe - 2] * 256 + files["cmyk.jpg"][adobe - 1]
files["cmyk-plain.jpg"] = files["cmyk.jpg"][:adobe - 4] + files["cmyk.jpg"][adobe - 2 + segment:]
(here / "cmyk-plain.jpg").write_bytes(files["cmyk-plain.jpg"])

for bits in (1, 2, 4, 8):
    save(f"palette{bits}.png", base.quantize(2 ** bits), bits=bits)
save("keyed-palette.png", base.quantize(16), transparency=b"\x00\x80\xff")
save("keyed-grey.png", base.convert("L"), transparency=100)
save("keyed-rgb.png", base, transparency=base.getpixel((3, 3)))
save("grey-alpha.png", alpha.convert("LA"))
save("alpha.png", alpha)
save("grey16.png", grey16)
save("animated.png", frames[0], save_all=True, append_images=frames[1:])
save("animated-with-default.png", frames[0], save_all=True, append_images=frames[1:], default_image=True)

save("alpha.webp", alpha, lossless=True, exact=True)
save("alpha-lossy.webp", alpha, quality=80)
save("animated.webp", frames[0], save_all=True, append_images=frames[1:], lossless=True)

save("interlaced.gif", noise.quantize(200), interlace=1)
save("transparent.gif", base.quantize(16), transparency=3, interlace=0)
save("grey.gif", base.convert("L"))
save("one.gif", base.crop((0, 0, 1, 1)))
save("animated.gif", frames[0], save_all=True, append_images=frames[1:])
patched("smaller-than-canvas.gif", "transparent.gif", (6, W + 9), (8, H + 5))
patched("larger-than-canvas.gif", "transparent.gif", (6, W - 9), (8, H - 5))

save("rgb.bmp", base)
save("palette.bmp", base.quantize(20))
save("grey.bmp", base.convert("L"))
save("bilevel.bmp", base.convert("1"))
save("alpha.bmp", alpha)

for c in ("raw", "tiff_lzw", "tiff_deflate", "packbits", "jpeg"):
    save(f"rgb-{c}.tif", base, compression=c)
save("palette.tif", base.quantize(30))
save("bilevel-g4.tif", base.convert("1"), compression="group4")
save("alpha.tif", alpha)
save("cmyk.tif", base.convert("CMYK"))
save("grey16.tif", grey16)

expected = {}
for name, data in sorted(files.items()):
    image = Image.open(io.BytesIO(data))
    mode = image.mode
    image = ImageOps.exif_transpose(image)
    rgb = np.asarray(image.convert("RGB"))
    if mode.startswith("I;16"):
        rgb = np.repeat((np.asarray(image) // 257).astype(np.uint8)[..., None], 3, 2)
    expected[name] = {"width": rgb.shape[1], "height": rgb.shape[0], "sha256": hashlib.sha256(rgb.tobytes()).hexdigest()}
(here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
