import { shallowRef } from 'vue'

export interface Emoji {
  char: string
  /** Names without colons, the usual one first. */
  names: string[]
  group: number
  /** Lower-case words to find it by. */
  words: string
}

const table = shallowRef<Emoji[]>([])
const byName = shallowRef(new Map<string, Emoji>())
let loading: Promise<void> | null = null

/** Brings the table of emoji, once; it is too big for the first paint. */
export function loadEmoji(): Promise<void> {
  return (loading ??= import('virtual:emoji').then(({ default: rows }) => {
    table.value = rows.map(([char, names, group, words]) => ({ char, names, group, words: words.toLowerCase() }))
    byName.value = new Map(table.value.flatMap((emoji) => emoji.names.map((name) => [name, emoji])))
  }))
}

/** All emoji in the order of pickers; empty until loaded. Reactive. */
export const allEmoji = () => table.value

/** The character for a name; undefined while the table is loading or when there is none. Reactive. */
export const emojiChar = (name: string) => byName.value.get(name)?.char

/** Emoji whose names or words begin with, or else contain, what was typed. */
export function searchEmoji(text: string, most: number): Emoji[] {
  const query = text.trim().toLowerCase()
  if (!query) return table.value.slice(0, most)
  const starts = table.value.filter((emoji) => emoji.names.some((name) => name.startsWith(query)))
  const has = table.value.filter(
    (emoji) => !starts.includes(emoji) && (emoji.names.some((name) => name.includes(query)) || emoji.words.includes(query)),
  )
  return [...starts, ...has].slice(0, most)
}

export { recentEmoji, rememberEmoji } from './recent'
