export interface BegunWord {
  sign: '@' | ':'
  /** The whole word with its sign. */
  text: string
  /** What follows the sign, in lower case. */
  query: string
  start: number
  end: number
}

const BEGUN = /(?:^|[\s(])((@)[a-z0-9._-]*|(:)[a-z0-9_+-]{2,})$/i

/** The mention or emoji that is being written at the caret; null when there is none. */
export function wordAt(text: string, caret: number): BegunWord | null {
  const found = BEGUN.exec(text.slice(0, caret))
  const word = found?.[1]
  if (!word) return null
  return {
    sign: word[0] as '@' | ':',
    text: word,
    query: word.slice(1).toLowerCase(),
    start: caret - word.length,
    end: caret,
  }
}
