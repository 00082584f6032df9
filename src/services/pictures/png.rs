//! A PNG of few colours (<https://www.w3.org/TR/png-3/>).

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Bits a pixel, so at most 16 colours.
const DEPTH: u8 = 4;
/// Pixels are places in the palette.
const INDEXED: u8 = 3;

/// A square picture. `pixels` are places in `palette`, row by row; `size` is even.
pub(super) fn encode(size: u16, palette: &[[u8; 3]], pixels: &[u8]) -> Vec<u8> {
    let mut png = SIGNATURE.to_vec();
    let side = u32::from(size).to_be_bytes();
    chunk(&mut png, b"IHDR", &[&side[..], &side[..], &[DEPTH, INDEXED, 0, 0, 0]].concat());
    chunk(&mut png, b"PLTE", palette.as_flattened());
    chunk(&mut png, b"IDAT", &compress(&rows(size, pixels)));
    chunk(&mut png, b"IEND", &[]);
    png
}

/// Two pixels a byte, and before each row the filter that was used: none.
fn rows(size: u16, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels.len());
    for row in pixels.chunks(usize::from(size)) {
        bytes.push(0);
        bytes.extend(row.chunks(2).map(|pair| pair.iter().fold(0, |byte, pixel| byte << DEPTH | pixel)));
    }
    bytes
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    png.extend(kind);
    png.extend(data);
    png.extend(crc.sum().to_be_bytes());
}
