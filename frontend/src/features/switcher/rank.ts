/**
 * How well a title answers what was typed: 3 for its beginning, 2 for the beginning of a word, 1 for letters in
 * the right order, 0 for not at all.
 */
export function rank(title: string, typed: string): number {
  const text = fold(title)
  const query = fold(typed.trim().replace(/^[@~#]/, ''))
  if (text.startsWith(query)) return 3
  if (text.split(/[\s._-]+/).some((word) => word.startsWith(query))) return 2
  let at = 0
  for (const char of text) if (char === query[at]) at++
  return at === query.length ? 1 : 0
}

const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
