//! Slices as an uncompressed scan has them: 512 by 512 pixels of two bytes, a smooth body on a dark ground, and noise in
//! the low bits of each. What matters is that a fast compressor takes off about half; nobody looks at them.

/// Pixels in a row, and rows.
const SIDE: usize = 512;
/// Bytes of a slice.
pub(super) const SLICE_BYTES: u64 = (SIDE * SIDE * 2) as u64;
/// What the noise may change within the body, and outside of it: all ones.
const WITHIN: u16 = 0x3f;
const OUTSIDE: u16 = 0x0f;

/// Paints a slice over the noise that its bytes hold. The body differs from file to file.
pub(super) fn paint(file: u64, bytes: &mut [u8]) {
    let radius = 180 + usize::try_from(file % 50).unwrap_or_default();
    for (index, pixel) in bytes.chunks_exact_mut(2).enumerate() {
        let noise = u16::from_le_bytes([pixel[0], pixel[1]]);
        pixel.copy_from_slice(&value(index, radius, noise).to_le_bytes());
    }
}

fn value(index: usize, radius: usize, noise: u16) -> u16 {
    let from_middle = |at: usize| at.abs_diff(SIDE / 2);
    let (x, y) = (from_middle(index % SIDE), from_middle(index / SIDE));
    let squared = x * x + y * y;
    if squared > radius * radius {
        return noise & OUTSIDE;
    }
    let smooth = u16::try_from(1000 + squared / 256).unwrap_or_default();
    smooth + (noise & WITHIN)
}
