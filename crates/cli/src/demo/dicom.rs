//! Writes valid DICOM files: CT and MR images of a drawn phantom, with made-up patients.

use super::phantom::{SIDE, Tissues, slice};
use super::uid::uid;
use counterpart_model::{Code, Failure};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

/// What kind of images a study has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Modality {
    /// Computed tomography.
    Ct,
    /// Magnetic resonance.
    Mr,
}

/// One study of one series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Study {
    /// The made-up patient, `Demo^Anna`.
    pub(crate) patient: &'static str,
    /// The patient's number.
    pub(crate) patient_id: &'static str,
    /// Birth date and sex.
    pub(crate) born: (&'static str, &'static str),
    /// What kind of images.
    pub(crate) modality: Modality,
    /// The day, `20260302`.
    pub(crate) date: &'static str,
    /// The accession number.
    pub(crate) accession: &'static str,
    /// How many images.
    pub(crate) images: u16,
}

impl Modality {
    /// The word in DICOM.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ct => "CT",
            Self::Mr => "MR",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Ct => uids::CT_IMAGE_STORAGE,
            Self::Mr => uids::MR_IMAGE_STORAGE,
        }
    }

    /// Air, body, bone and lesion; of CT they are Hounsfield units above -1024.
    const fn tissues(self) -> Tissues {
        match self {
            Self::Ct => Tissues([10, 1_064, 1_824, 1_124]),
            Self::Mr => Tissues([4, 620, 60, 980]),
        }
    }
}

/// The bytes of one image, numbered from one.
pub(crate) fn image(study: &Study, number: u16) -> Result<Vec<u8>, Failure> {
    let instance = uid(&format!("{} {number}", study.accession));
    let mut object = InMemDicomObject::new_empty();
    for (tag, vr, value) in patient(study)
        .into_iter()
        .chain(general(study, number, &instance))
    {
        object.put(DataElement::new(tag, vr, value));
    }
    for (tag, vr, value) in acquisition(study.modality)
        .into_iter()
        .chain(picture(study, number))
    {
        object.put(DataElement::new(tag, vr, value));
    }
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(study.modality.class())
        .media_storage_sop_instance_uid(&instance);
    let file = object.with_meta(meta).map_err(|error| unwritable(&error))?;
    let mut bytes = Vec::new();
    file.write_all(&mut bytes).map_err(|error| unwritable(&error))?;
    Ok(bytes)
}

fn unwritable(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Code::Io, "making a DICOM file", error)
}

type Element = (Tag, VR, PrimitiveValue);

fn text(tag: Tag, vr: VR, value: impl Into<String>) -> Element {
    (tag, vr, PrimitiveValue::from(value.into()))
}

fn number(tag: Tag, value: u16) -> Element {
    (tag, VR::US, PrimitiveValue::from(value))
}

fn patient(study: &Study) -> Vec<Element> {
    vec![
        text(tags::PATIENT_NAME, VR::PN, study.patient),
        text(tags::PATIENT_ID, VR::LO, study.patient_id),
        text(tags::PATIENT_BIRTH_DATE, VR::DA, study.born.0),
        text(tags::PATIENT_SEX, VR::CS, study.born.1),
        text(tags::STUDY_INSTANCE_UID, VR::UI, uid(study.accession)),
        text(tags::STUDY_DATE, VR::DA, study.date),
        text(tags::STUDY_TIME, VR::TM, "081500"),
        text(tags::REFERRING_PHYSICIAN_NAME, VR::PN, "Demo^Doctor"),
        text(tags::STUDY_ID, VR::SH, study.accession),
        text(tags::ACCESSION_NUMBER, VR::SH, study.accession),
    ]
}

fn general(study: &Study, image: u16, instance: &str) -> Vec<Element> {
    let series = uid(&format!("{} series", study.accession));
    vec![
        text(tags::SOP_CLASS_UID, VR::UI, study.modality.class()),
        text(tags::SOP_INSTANCE_UID, VR::UI, instance),
        text(tags::MODALITY, VR::CS, study.modality.word()),
        text(tags::MANUFACTURER, VR::LO, "Counterpart demo"),
        text(tags::SERIES_INSTANCE_UID, VR::UI, series.as_str()),
        text(tags::SERIES_NUMBER, VR::IS, "1"),
        text(tags::FRAME_OF_REFERENCE_UID, VR::UI, uid(&series)),
        text(tags::POSITION_REFERENCE_INDICATOR, VR::LO, ""),
        text(tags::PATIENT_POSITION, VR::CS, "HFS"),
        text(tags::INSTANCE_NUMBER, VR::IS, image.to_string()),
        text(tags::ACQUISITION_NUMBER, VR::IS, "1"),
        text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY\\AXIAL"),
        text(
            tags::IMAGE_POSITION_PATIENT,
            VR::DS,
            format!("-96\\-96\\{}", u32::from(image) * 3),
        ),
        text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0"),
        text(tags::PIXEL_SPACING, VR::DS, "3\\3"),
        text(tags::SLICE_THICKNESS, VR::DS, "3"),
    ]
}

fn acquisition(modality: Modality) -> Vec<Element> {
    match modality {
        Modality::Ct => vec![
            text(tags::KVP, VR::DS, "120"),
            text(tags::RESCALE_INTERCEPT, VR::DS, "-1024"),
            text(tags::RESCALE_SLOPE, VR::DS, "1"),
            text(tags::RESCALE_TYPE, VR::LO, "HU"),
        ],
        Modality::Mr => vec![
            text(tags::SCANNING_SEQUENCE, VR::CS, "SE"),
            text(tags::SEQUENCE_VARIANT, VR::CS, "NONE"),
            text(tags::SCAN_OPTIONS, VR::CS, ""),
            text(tags::MR_ACQUISITION_TYPE, VR::CS, "2D"),
            text(tags::REPETITION_TIME, VR::DS, "500"),
            text(tags::ECHO_TIME, VR::DS, "15"),
            text(tags::ECHO_TRAIN_LENGTH, VR::IS, "1"),
        ],
    }
}

fn picture(study: &Study, image: u16) -> Vec<Element> {
    let seed = study.accession.bytes().fold(7, |seed: u64, byte| {
        seed.wrapping_mul(131).wrapping_add(u64::from(byte))
    });
    let pixels = slice(image, study.images, study.modality.tissues(), seed);
    vec![
        number(tags::SAMPLES_PER_PIXEL, 1),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        number(tags::ROWS, SIDE),
        number(tags::COLUMNS, SIDE),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 12),
        number(tags::HIGH_BIT, 11),
        number(tags::PIXEL_REPRESENTATION, 0),
        (tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())),
    ]
}
