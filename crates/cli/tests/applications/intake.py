"""Sends instances to an Orthanc, by REST and by C-STORE in turn, until a file is there; writes down each that it has."""

import io
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def instance(number, study, series):
    """A small image of its own."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID = meta.MediaStorageSOPClassUID
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    data.PatientID, data.PatientName = f"P{number % 5}", "NOBODY^AT^ALL"
    data.StudyInstanceUID, data.SeriesInstanceUID = study, series
    data.Modality, data.InstanceNumber = "CT", str(number)
    data.Rows = data.Columns = 64
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, 0
    data.PixelData = number.to_bytes(2, "little") * (64 * 64)
    return data


def by_rest(address, data):
    """True where it was taken in."""
    content = io.BytesIO()
    data.save_as(content, enforce_file_format=True)
    request = urllib.request.Request(address + "/instances", data=content.getvalue())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer).get("Status") in ("Success", "AlreadyStored")


def by_dicom(address, port, data):
    """True where it was taken in: a refused instance is not told of, so it is looked for."""
    with tempfile.NamedTemporaryFile(suffix=".dcm") as file:
        data.save_as(file, enforce_file_format=True)
        file.flush()
        sent = subprocess.run(["storescu", "-aec", "ARCHIVE", "127.0.0.1", port, file.name], capture_output=True)
    uid = str(data.SOPInstanceUID)
    request = urllib.request.Request(address + "/tools/lookup", data=uid.encode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return sent.returncode == 0 and json.load(answer) != []


def main(address, port, taken, stop):
    studies = [(generate_uid(), generate_uid()) for _ in range(5)]
    number = 0
    with open(taken, "w", encoding="ascii") as out:
        while not Path(stop).exists():
            number += 1
            data = instance(number, *studies[number % 5])
            rest = number % 2 == 0
            if by_rest(address, data) if rest else by_dicom(address, port, data):
                print(data.SOPInstanceUID, "REST" if rest else "DICOM", file=out, flush=True)
            time.sleep(0.01)


main(*sys.argv[1:])
