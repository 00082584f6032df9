//! Pictures of people: the first letter of the username on a colour that stays the same for her.

mod glyphs;
mod png;

use bytes::Bytes;

use super::{Caller, Core, users};
use crate::error::Result;
use crate::model::{User, UserId};
use glyphs::Stroke;

/// Width and height in pixels: twice what the largest place shows.
const SIZE: u16 = 128;
/// Shades between the colour and white, for smooth edges. Four bits a pixel.
const SHADES: u8 = 16;
/// Half the width of a stroke, where the picture is 1 wide.
const PEN: f32 = 0.034;
/// The part of the picture that the letter's box fills.
const LETTER_HEIGHT: f32 = 0.46;
const LETTER_WIDTH: f32 = 0.33;
/// White on any of them has a contrast of at least 4.5 to 1.
const COLOURS: [[u8; 3]; 12] = [
    [0xb4, 0x3a, 0x3a],
    [0xa8, 0x4b, 0x14],
    [0x84, 0x5e, 0x00],
    [0x5b, 0x6c, 0x0b],
    [0x2e, 0x74, 0x2e],
    [0x0f, 0x75, 0x5c],
    [0x0b, 0x70, 0x80],
    [0x1f, 0x66, 0xa8],
    [0x45, 0x5a, 0xc4],
    [0x6d, 0x4c, 0xc0],
    [0x93, 0x3f, 0xb0],
    [0xb0, 0x35, 0x7c],
];

/// A picture, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Names the picture's content; another content has another name.
    pub tag: String,
    /// A PNG.
    pub png: Bytes,
}

/// The picture of a user.
///
/// # Errors
/// 404 `user.not_found`, see [`users::get`].
pub async fn of(core: &Core, caller: &Caller, user: UserId) -> Result<Picture> {
    let user = users::get(core, caller, user).await?;
    let (letter, colour) = look(&user);
    let tag = format!("{letter}-{colour}");
    let png = core.caches.pictures.get_with((letter, colour), || draw(letter, colour));
    Ok(Picture { tag, png })
}

/// The letter, and the place of the colour among [`COLOURS`].
fn look(user: &User) -> (char, usize) {
    let letter = user.username.chars().find(char::is_ascii_alphanumeric).unwrap_or('.').to_ascii_uppercase();
    // The last byte of an id is random.
    let last = user.id.0.as_bytes().last().copied().map_or(0, usize::from);
    (letter, last % COLOURS.len())
}

fn draw(letter: char, colour: usize) -> Bytes {
    let strokes = glyphs::strokes(letter);
    let mut pixels = Vec::with_capacity(usize::from(SIZE) * usize::from(SIZE));
    for row in 0..SIZE {
        for column in 0..SIZE {
            pixels.push(shade(&strokes, centre(column), centre(row)));
        }
    }
    let background = COLOURS.get(colour).copied().unwrap_or_default();
    png::encode(SIZE, &palette(background), &pixels).into()
}

/// The middle of a pixel, where the picture is 1 wide.
fn centre(pixel: u16) -> f32 {
    (f32::from(pixel) + 0.5) / f32::from(SIZE)
}

/// How much of a pixel the pen covers, 0 to [`SHADES`] - 1.
fn shade(strokes: &[Stroke], x: f32, y: f32) -> u8 {
    let (x, y) = ((x - 0.5) / LETTER_WIDTH + 0.5, (y - 0.5) / LETTER_HEIGHT + 0.5);
    if !(-0.2..=1.2).contains(&x) || !(-0.2..=1.2).contains(&y) {
        return 0;
    }
    let distance = strokes.iter().map(|stroke| stroke.distance(x, y)).fold(f32::INFINITY, f32::min);
    let covered = ((PEN - distance) * f32::from(SIZE) + 0.5).clamp(0.0, 1.0);
    (0..SHADES).rev().find(|shade| covered * f32::from(SHADES - 1) + 0.5 >= f32::from(*shade)).unwrap_or_default()
}

/// The shades from the background to white.
fn palette(background: [u8; 3]) -> Vec<[u8; 3]> {
    let steps = u16::from(SHADES - 1);
    let mix = |channel: u8, shade: u16| {
        let mixed = (u16::from(channel) * (steps - shade) + 255 * shade) / steps;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    (0..=steps).map(|shade| background.map(|channel| mix(channel, shade))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_a_picture_of_its_own() {
        let letters: Vec<char> = ('A'..='Z').chain('0'..='9').chain(['.']).collect();
        let mut pictures: Vec<Bytes> = letters.iter().map(|letter| draw(*letter, 0)).collect();
        assert!(pictures.iter().all(|png| png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() < 4_000));
        pictures.sort();
        pictures.dedup();
        assert_eq!(pictures.len(), letters.len());
        assert_ne!(draw('A', 0), draw('A', 1));
    }
}
