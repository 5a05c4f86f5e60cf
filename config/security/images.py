"""Searches images for secrets: their configuration, with the history, and each file that any layer ever held."""

import contextlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
import zipfile

# Files that are secrets by their name. Those of the distribution below /etc/ssl and /usr are public.
SECRET_FILE = re.compile(
    r"^(?!etc/ssl/|usr/)(.*/)?(\.env|\.secrets(/.*)?|\.git/.*|\.netrc|\.pgpass|id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key|p12|jks))$")
_searched = {}  # by the id of an image or layer: what was searched once does not change


def findings(images, needles):
    """needles: what may not be found, and its name."""
    needles = {form.encode(): name for form, name in needles.items()}
    ids = {image: id_of(image) for image in images}
    search([image for image, known in ids.items() if known and (known, *needles) not in _searched], ids, needles)
    for image, known in ids.items():
        for found in _searched.get((known, *needles), ["it is not there: docker compose build"]):
            yield f"{image}: {found}"


def id_of(image):
    return subprocess.run(["docker", "image", "inspect", "--format", "{{.Id}}", image], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()


def search(images, ids, needles):
    if not images:
        return
    with tempfile.TemporaryFile() as file:
        subprocess.run(["docker", "save", *images], stdout=file, check=True)
        file.seek(0)
        with tarfile.open(fileobj=file) as saved:
            for entry in json.load(saved.extractfile("manifest.json")):
                found = list(of_image(saved, entry, needles))
                for image in images:
                    if any(tag in (image, f"{image}:latest") for tag in entry["RepoTags"] or []):
                        _searched[ids[image], *needles] = found


def of_image(saved, entry, needles):
    text = saved.extractfile(entry["Config"]).read()
    for secret in leaks(text, needles):
        yield f"its configuration or history holds {secret}: give it to the build as a secret mount, or not at all"
    for number, (layer, file) in enumerate(zip(json.loads(text)["rootfs"]["diff_ids"], entry["Layers"])):
        if (layer, *needles) not in _searched:
            # Compressed or not: the engine's store of images decides.
            with tarfile.open(fileobj=saved.extractfile(file), mode="r|*") as files:
                _searched[layer, *needles] = list(of_layer(files, needles))
        for found in _searched[layer, *needles]:
            yield f"layer {number}: {found}; build it without, a later layer that deletes it does not help"


def of_layer(files, needles):
    for file in files:
        if not file.isfile():
            continue
        if SECRET_FILE.match(file.name.removeprefix("./")):
            yield f"{file.name} is a file of secrets"
        for secret in leaks(unpacked(files.extractfile(file).read()), needles):
            yield f"{file.name} holds {secret}"


def unpacked(data):
    """With a jar's entries, for they are compressed."""
    if data.startswith(b"PK\3\4"):
        with contextlib.suppress(zipfile.BadZipFile, NotImplementedError), zipfile.ZipFile(io.BytesIO(data)) as jar:
            return b"\n".join([data, *(jar.read(entry) for entry in jar.infolist())])
    return data


def leaks(data, needles):
    return sorted({name for form, name in needles.items() if form in data})
