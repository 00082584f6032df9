const COMBINING = /\p{M}+/gu

/** A name for addresses made from what people read: "Größe & Maß" becomes "grosse-mass". */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(COMBINING, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
}

/** Like `slug`, with a random name where nothing is left, as for names in other scripts. */
export function slugOrRandom(text: string): string {
  const name = slug(text)
  return name.length >= 2 ? name : `${name || 'c'}-${crypto.randomUUID().slice(0, 8)}`
}
