//! The demo's pictures: a drawn phantom of 64 by 64 pixels, a little different in every slice, never of a person.

/// Rows and columns of a picture.
pub(crate) const SIDE: u16 = 64;

/// What a pixel of each tissue is worth: air, body, bone, a lesion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tissues(pub(crate) [u16; 4]);

/// One slice of `slices`, row by row.
pub(crate) fn slice(number: u16, slices: u16, tissues: Tissues, seed: u64) -> Vec<u16> {
    let mut noise = Noise(seed ^ (u64::from(number) << 32));
    // The phantom is thickest in its middle slice.
    let from_middle = f64::from(number) - f64::from(slices) / 2.0;
    let depth = 1.0 - (from_middle / f64::from(slices)).powi(2) * 2.0;
    let pixels = (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column)));
    pixels
        .map(|(row, column)| tissues.0[tissue(row, column, depth)] + noise.next())
        .collect()
}

fn tissue(row: u16, column: u16, depth: f64) -> usize {
    let half = f64::from(SIDE) / 2.0;
    let (x, y) = ((f64::from(column) - half) / half, (f64::from(row) - half) / half);
    let inside =
        |cx: f64, cy: f64, rx: f64, ry: f64| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < depth;
    let lesion = inside(0.3, -0.2, 0.12, 0.16);
    let (body, skull) = (inside(0.0, 0.0, 0.76, 0.82), inside(0.0, 0.0, 0.86, 0.92));
    match (lesion, body, skull) {
        (true, ..) => 3,
        (_, true, _) => 1,
        (_, _, true) => 2,
        _ => 0,
    }
}

/// `SplitMix64`: the same noise for the same seed on every machine.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u16 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u16::try_from((mixed ^ (mixed >> 31)) % 24).unwrap_or(0)
    }
}
